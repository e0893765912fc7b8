import { expect } from 'chai'
import { loadRecorded } from './recorded.ts'

const LADDER = new URL('../../captures/echo-ladder-ipv4.pcap', import.meta.url).pathname

describe('timeline/recorded', () => {
  it('loads a whole capture, decoded and with its flows', async () => {
    const { batch, flows } = await loadRecorded(LADDER)
    expect(batch.count).to.equal(26)
    expect(flows.count).to.equal(1)
    expect(Array.from(batch.number.subarray(0, 3))).to.deep.equal([1, 2, 3])
    expect(Array.from(batch.direction.subarray(0, 4))).to.deep.equal([0, 1, 0, 0])
    expect(batch.payload[3]).to.equal(64)
  })

  it('refuses an empty capture and one that is not there', async () => {
    let message = ''
    await loadRecorded('/nonexistent.pcap').catch((error: Error) => {
      message = error.message
    })
    expect(message).to.contain('/nonexistent.pcap')
  })
})
