import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { inFolder } from '../capture/example-captures.test.ts'
import { fragments6 } from '../flow/example-packets.test.ts'
import { Kind } from '../model/codes.ts'
import { PLAIN_READING, type Reading } from '../model/reading.ts'
import { ethernet, ipv6, pcapOf, udp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { loadRecorded, openShared, type Recorded } from './recorded.ts'

const CAPTURES = new URL('../../captures/', import.meta.url).pathname
const LADDER = join(CAPTURES, 'echo-ladder-ipv4.pcap')
const INNER: Reading = { ...PLAIN_READING, tunnels: 'inner', ipv4InIpv4: true }
const LINUX: Reading = { ...PLAIN_READING, fragments: { ...PLAIN_READING.fragments, linux: true } }

/** All that is known of a capture in memory. */
function told({ path, epoch, batch, flows }: Recorded) {
  const { view: _, ...columns } = batch
  return { path, epoch, columns, reading: flows.reading, flows: [...flows.known()] }
}

/** The same capture as another thread has it. */
function elsewhere({ shared }: Recorded): Recorded {
  if (shared === undefined) throw new Error('It is in memory of one thread.')
  return openShared(structuredClone(shared))
}

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

  it('is the same to another thread, which has its frames without a copy, whatever it holds and however it is read', async () => {
    const files = readdirSync(CAPTURES).filter((name) => name.endsWith('.pcap'))
    for (const file of files)
      for (const reading of [PLAIN_READING, INNER, LINUX]) {
        const here = await loadRecorded(join(CAPTURES, file), reading, true)
        const there = elsewhere(here)
        expect(told(there), file).to.deep.equal(told(await loadRecorded(join(CAPTURES, file), reading)))
        const { buffer, byteOffset, byteLength } = there.batch.bytes
        expect(buffer, file).to.be.an.instanceOf(SharedArrayBuffer)
        expect(byteOffset + byteLength, 'no room is left').to.equal(buffer.byteLength)
        here.batch.bytes[0] = (here.batch.bytes[0] ?? 0) ^ 0xff
        expect(there.batch.bytes[0], file).to.equal(here.batch.bytes[0])
      }
    expect(files.length).to.be.greaterThan(50)
  })

  it('is the same to it where a packet was made a fragment', () =>
    inFolder(async (folder) => {
      const whole = ipv6(Protocol.udp, udp(100))
      const [head = whole] = fragments6(whole, [48])
      const [atomic = whole] = fragments6(whole, [])
      // Behind options, a header that Linux does not look behind.
      const options = [Protocol.mobility, 0, 1, 4, 0, 0, 0, 0]
      const mobility = ipv6(0, Uint8Array.of(...options, 59, 0, 5, 0, 0, 0, 0, 0))
      const path = join(folder, 'atomic.pcap')
      writeFileSync(path, pcapOf(1, [ethernet(head), ethernet(atomic), ethernet(mobility)]))
      const here = await loadRecorded(path, LINUX, true)
      expect([...here.batch.kind]).to.deep.equal([Kind.fragment6, Kind.fragment6, Kind.ip6])
      expect(told(elsewhere(here))).to.deep.equal(told(await loadRecorded(path, LINUX)))
    }))
})
