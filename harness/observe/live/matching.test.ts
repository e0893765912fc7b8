import { expect } from 'chai'
import fc from 'fast-check'
import { Tcp } from '../../model/codes.ts'
import { type Device, hopLess } from './fake-port.test.ts'
import { flagsOf, isTcp, resetTo } from './fake-segments.test.ts'
import { chunkOf, playThrough, type Step } from './live-bench.test.ts'

const RUNS = process.env.FLOWBREAK_FULL === '1' ? 1000 : 10
/** Milliseconds after which a packet that is missing was dropped, and how long the others take at most. */
const LATENESS = 400
const LONGEST = 40

/** Segments of one connection, each of which may be sent any number of times. */
const SEGMENTS: readonly Step[] = [
  { from: 'client', flags: Tcp.syn, seq: 100 },
  { from: 'client', flags: Tcp.ack, seq: 101, ack: 501 },
  { from: 'client', flags: Tcp.ack | Tcp.psh, seq: 101, ack: 501, payload: 40 },
  { from: 'client', flags: Tcp.ack | Tcp.fin, seq: 141, ack: 541 },
  { from: 'client', flags: Tcp.rst, seq: 141 },
  { from: 'server', flags: Tcp.syn | Tcp.ack, seq: 500, ack: 101 },
  { from: 'server', flags: Tcp.ack, seq: 501, ack: 141 },
  { from: 'server', flags: Tcp.ack | Tcp.psh, seq: 501, ack: 141, payload: 40 },
]

/** What is sent through which host and when, and how long it takes there; null: it does not come out. */
const sent = fc.record({
  segment: fc.constantFrom(...SEGMENTS),
  host: fc.nat({ max: 1 }),
  time: fc.nat({ max: 60 }),
  delay: fc.option(fc.nat({ max: LONGEST }), { freq: 3 }),
})

async function check(
  all: readonly { segment: Step; host: number; time: number; delay: number | null }[],
  family: 'ipv4' | 'ipv6',
  rejects: boolean,
): Promise<void> {
  const inTurn = [...all].sort((a, b) => a.time - b.time)
  const steps = inTurn.map(({ segment, host, time }) => ({ ...segment, host, time, family }))
  let next = 0
  const device: Device = (arm, frame) => {
    const delay = isTcp(frame) ? (inTurn[next++]?.delay ?? null) : 0
    if (delay !== null) return [{ arm: arm ^ 1, frame: hopLess(frame), delay }]
    return rejects && (flagsOf(frame) & Tcp.rst) === 0 ? [{ arm, frame: rejectionOf(frame) }] : []
  }
  const { verdicts, sightings, batches } = await playThrough(device, [chunkOf(steps)], {
    hosts: 2,
    lateness: LATENESS,
  })
  // The harness sends nothing of its own.
  expect(next).to.equal(steps.length)
  const missing = ({ flags = 0 }: Step) => (rejects && (flags & Tcp.rst) === 0 ? 'reject' : 'drop')
  const expected = inTurn.map(({ segment, delay }) => (delay === null ? missing(segment) : 'forward'))
  expect(verdicts).to.deep.equal(expected)
  // On a busy machine all are late.
  expect(sightings.filter(({ kind }) => kind !== 'late')).to.deep.equal([])
  const causes = batches.flatMap(({ packets }) => packets.emitted.map(({ cause }) => cause))
  expect(causes).to.deep.equal([...expected.keys()].filter((index) => expected[index] === 'reject'))
}

/** The reset that Linux sends about an IPv4 datagram. */
function rejectionOf(frame: Uint8Array): Uint8Array {
  if ((flagsOf(frame) & Tcp.ack) !== 0) return resetTo(frame)
  return resetTo(frame, 0, new DataView(frame.buffer, frame.byteOffset).getUint32(24) + 1)
}

describe('observe/live/matcher', () => {
  it('tells of each copy of a segment whether it came out, however often it is sent and however fast hosts are', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(sent, { minLength: 1, maxLength: 24 }),
        fc.constantFrom('ipv4', 'ipv6'),
        (all, family) => check(all, family, false),
      ),
      { numRuns: RUNS },
    ))

  it('and whether it was rejected', () =>
    fc.assert(
      fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 24 }), (all) => check(all, 'ipv4', true)),
      { numRuns: RUNS },
    ))
})
