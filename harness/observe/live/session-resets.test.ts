import { expect } from 'chai'
import { Link, Tcp } from '../../model/codes.ts'
import { FakePort, type Leaving, passing } from './fake-port.test.ts'
import { flagsOf, isTcp, resetTo, with_ } from './fake-segments.test.ts'
import { chunkOf, DATA, HANDSHAKE, playThrough, type Step } from './live-bench.test.ts'
import { monotonicNow } from './port.ts'

describe('observe/live/session: resets', () => {
  it('a reset about a packet that does not come out is a reject, with the frame, and whom it was sent to', async () => {
    const rejects = with_((arm, frame) =>
      frame.length > 60 ? [{ arm, frame: resetTo(frame) }] : passing(arm, frame),
    )
    const { verdicts, batches } = await playThrough(rejects, [chunkOf([...HANDSHAKE, DATA])])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'reject'])
    const [emitted] = batches[0]?.packets.emitted ?? []
    expect(emitted).to.include({ cause: 3, kind: 'tcp-rst', to: 'sender', by: 0, link: Link.raw, seq: 501 })
  })

  it('a reset is heard that had come when its time was over, but that a busy process read later than the marker behind it', async () => {
    const port = new FakePort()
    let reset: Leaving | undefined
    const beBusy = () => {
      const until = monotonicNow() + 100e6
      while (monotonicNow() < until);
    }
    port.device = (arm, frame) => {
      if (frame.length > 60 && isTcp(frame)) {
        reset = { arm, frame: resetTo(frame) }
        return []
      }
      const [held] = [reset]
      if (held === undefined || isTcp(frame)) return passing(arm, frame)
      reset = undefined
      setTimeout(() => {
        beBusy()
        port.leave(passing(arm, frame))
        setImmediate(() => setImmediate(() => port.leave([held])))
      })
      return []
    }
    const { verdicts } = await playThrough(passing, [chunkOf([...HANDSHAKE, DATA])], { port, lateness: 50 })
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'reject'])
  })

  it('resets are told of in the order of the packets that they are about, whenever they came', async () => {
    const rejects = with_((arm, frame) => {
      if (frame.length <= 60) return passing(arm, frame)
      return [{ arm, frame: resetTo(frame), delay: arm === 0 ? 30 : 0 }]
    })
    const back: Step = { from: 'server', flags: Tcp.ack, seq: 501, ack: 101, payload: 40 }
    const { batches } = await playThrough(rejects, [chunkOf([...HANDSHAKE, DATA, back])])
    expect(batches[0]?.packets.emitted.map(({ cause }) => cause)).to.deep.equal([3, 4])
  })

  it('of packets that a reset could be about, it is about the one that it acknowledges, rather than about a reset', async () => {
    const reset: Step = { from: 'client', flags: Tcp.rst | Tcp.ack, seq: 101, ack: 501 }
    const rejects = with_((arm, frame) => {
      if (frame.length > 60) return [{ arm, frame: resetTo(frame, undefined, 141) }]
      return (flagsOf(frame) & Tcp.rst) === 0 ? passing(arm, frame) : []
    })
    const { verdicts } = await playThrough(rejects, [chunkOf([...HANDSHAKE, reset, DATA])], { lateness: 50 })
    expect(verdicts.slice(3)).to.deep.equal(['drop', 'reject'])
  })

  it('a reset that fits no packet was sent by the device on its own', async () => {
    const lonely = with_((arm, frame) =>
      frame.length > 60
        ? [...passing(arm, frame), { arm: 0, frame: resetTo(frame, 9999) }]
        : passing(arm, frame),
    )
    const { verdicts, batches } = await playThrough(lonely, [chunkOf([...HANDSHAKE, DATA])])
    expect(verdicts[3]).to.equal('forward')
    expect(batches[0]?.packets.emitted[0]).to.include({ cause: -1, flow: 0, to: 'client', seq: 9999 })
  })
})
