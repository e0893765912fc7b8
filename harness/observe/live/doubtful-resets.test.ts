import { expect } from 'chai'
import { Tcp } from '../../model/codes.ts'
import { isForwardedAfterAll } from '../../model/target.ts'
import { type Device, hopLess, passing } from './fake-port.test.ts'
import { flagsOf, resetTo, with_ } from './fake-segments.test.ts'
import { chunkOf, playThrough, type Step } from './live-bench.test.ts'

const SYN: Step = { from: 'client', flags: Tcp.syn, seq: 100 }
/** Has the number that a reset about the SYN-ACK has. */
const RESET: Step = { from: 'client', flags: Tcp.rst, seq: 101 }
const SYN_ACK: Step = { from: 'server', flags: Tcp.syn | Tcp.ack, seq: 500, ack: 101 }
const STEPS: readonly Step[] = [SYN, RESET, SYN_ACK]
const SOON = { lateness: 50 }

const isReset = (frame: Uint8Array) => (flagsOf(frame) & Tcp.rst) !== 0
const isSynAck = (frame: Uint8Array) => flagsOf(frame) === (Tcp.syn | Tcp.ack)

/** Drops resets, and sends one of its own about the SYN-ACK, made by `made`. */
function rejecting(made: (frame: Uint8Array) => Uint8Array): Device {
  return with_((arm, frame) => {
    if (isReset(frame)) return []
    return isSynAck(frame) ? [{ arm, frame: made(frame) }] : passing(arm, frame)
  })
}

describe('observe/live: resets that look like one that was sent', () => {
  it('a reset of the device is told from the one that it dropped by its window, or by its hops alone', async () => {
    const byWindow = (frame: Uint8Array) => hopLess(resetTo(frame))
    const byHops = (frame: Uint8Array) => windowed(resetTo(frame), 1000)
    for (const made of [byWindow, byHops]) {
      const { verdicts, batches, sightings } = await playThrough(rejecting(made), [chunkOf(STEPS)], SOON)
      expect(verdicts).to.deep.equal(['forward', 'drop', 'reject'])
      expect(batches[0]?.packets.emitted).to.have.length(1)
      expect(batches[0]?.packets.emitted[0]).to.include({ cause: 2, to: 'sender', seq: 101 })
      expect(sightings).to.deep.equal([])
    }
  })

  it('so it is from one that was dropped in an earlier chunk, which is not taken back', async () => {
    const chunks = [chunkOf([SYN, RESET]), chunkOf([SYN_ACK])]
    const { verdicts, sightings } = await playThrough(rejecting(resetTo), chunks, SOON)
    expect(verdicts).to.deep.equal(['forward', 'drop', 'reject'])
    expect(sightings.filter(isForwardedAfterAll)).to.deep.equal([])
  })

  it('and from one that was sent by another host', async () => {
    const steps = [SYN, RESET, { ...SYN_ACK, host: 1 }]
    const { verdicts, sightings } = await playThrough(rejecting(resetTo), [chunkOf(steps)], {
      ...SOON,
      hosts: 2,
    })
    expect(verdicts).to.deep.equal(['forward', 'drop', 'reject'])
    expect(sightings).to.deep.equal([])
  })

  it('a device that changes whatever it lets through is not taken to have sent the reset that comes out', async () => {
    const changing = with_((arm, frame) => {
      if (isSynAck(frame)) return []
      return passing(arm, frame).map((each) => ({ ...each, frame: windowed(each.frame, 7) }))
    })
    const { verdicts, batches } = await playThrough(changing, [chunkOf(STEPS)], SOON)
    expect(verdicts).to.deep.equal(['forward', 'forward', 'drop'])
    expect(batches[0]?.packets.emitted).to.deep.equal([])
  })

  it('nor one that changes resets alone, when what the reset could be about comes out after it', async () => {
    const late = with_((arm, frame) => {
      if (isSynAck(frame)) return passing(arm, frame).map((each) => ({ ...each, delay: 20 }))
      if (!isReset(frame)) return passing(arm, frame)
      return passing(arm, frame).map((each) => ({ ...each, frame: windowed(each.frame, 0), delay: 10 }))
    })
    const { verdicts, batches, sightings } = await playThrough(late, [chunkOf(STEPS)])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward'])
    expect(batches[0]?.packets.emitted).to.deep.equal([])
    expect(sightings.map(({ kind, field }) => `${kind} ${field}`)).to.deep.equal(['altered window'])
  })
})

function windowed(frame: Uint8Array, window: number): Uint8Array {
  const copy = frame.slice()
  new DataView(copy.buffer).setUint16(34, window)
  return copy
}
