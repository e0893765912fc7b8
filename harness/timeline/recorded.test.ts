import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import { appendPacket, loadRecorded, usedBytes } from './recorded.ts'

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

  it('appends packets with their frames and offsets, whatever the room', async () => {
    const { batch } = await loadRecorded(LADDER)
    const copy = new PacketBatch(batch.count, 1)
    for (let i = 0; i < batch.count; i++) appendPacket(copy, batch, i)
    expect(usedBytes(copy)).to.equal(usedBytes(batch))
    for (let i = 0; i < batch.count; i++) {
      expect(copy.copyFrame(i)).to.deep.equal(batch.copyFrame(i))
      const offset = (copy.l4[i] ?? 0) - (copy.start[i] ?? 0)
      expect(offset).to.equal((batch.l4[i] ?? 0) - (batch.start[i] ?? 0))
    }
  })
})
