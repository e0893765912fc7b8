import { expect } from 'chai'
import { putU16 } from '../../wire/bytes.ts'
import { buildTimeExceeded } from '../../wire/time-exceeded.ts'
import { FakePort, passing } from './fake-port.test.ts'
import { chunkOf, playThrough, type Step, segment } from './live-bench.test.ts'

const FLOW = 3
const IP = 14

/** The first fragment of a segment over IPv6, and nothing behind it. */
function begun(): Step {
  const whole = segment({ from: 'client', family: 'ipv6', payload: 40 })
  const frame = new Uint8Array(whole.length + 8)
  frame.set(whole.subarray(0, IP + 40))
  frame.set([whole[IP + 6] ?? 0, 0, 0, 1, 0, 0, 0, 7], IP + 40)
  frame.set(whole.subarray(IP + 40), IP + 48)
  putU16(frame, IP + 4, frame.length - IP - 40)
  frame[IP + 6] = 44
  return { from: 'client', frame, family: 'ipv6', flow: FLOW }
}

const OTHER: Step = { from: 'client', flow: 4, time: 30 }

describe('observe/live: a datagram that a device gives up', () => {
  const error = buildTimeExceeded(chunkOf([begun()]).packets, 0)?.subarray(IP) ?? new Uint8Array(0)
  const alone = { cause: -1, kind: 'icmp', to: 'client', by: 0, flow: FLOW, seq: 0, ack: 0 }

  it('is no reject of its fragment: what says so belongs to its flow, and is about no packet', async () => {
    const device = (arm: number, frame: Uint8Array) =>
      frame[6] === 44 ? [{ arm, frame: error, delay: 5 }] : passing(arm, frame)
    const { verdicts, batches } = await playThrough(device, [chunkOf([begun(), OTHER])], { lateness: 50 })
    expect(verdicts).to.deep.equal(['drop', 'forward'])
    expect(batches[0]?.packets.emitted).to.have.length(1)
    expect(batches[0]?.packets.emitted[0]).to.include(alone)
  })

  it('belongs to it long after, too', async () => {
    const port = new FakePort((arm, frame) => (frame[6] === 44 ? [] : passing(arm, frame)))
    const chunks = [chunkOf([begun()]), chunkOf([OTHER])]
    const between = async () => port.leave([{ arm: 0, frame: error }])
    const { batches } = await playThrough(passing, chunks, { port, between, lateness: 50 })
    expect(batches.map(({ packets }) => packets.emitted.length)).to.deep.equal([0, 1])
    expect(batches[1]?.packets.emitted[0]).to.include(alone)
  })
})
