import { expect } from 'chai'
import { Link, Tcp } from '../../model/codes.ts'
import { dissect } from '../../wire/dissect.ts'
import { forgeTcp } from '../../wire/forge.ts'
import { readdress } from '../../wire/readdress.ts'
import { type Device, passing } from './fake-port.test.ts'
import { chunkOf, DATA, HANDSHAKE, playThrough, type Step } from './live-bench.test.ts'

const STEPS: readonly Step[] = [
  ...HANDSHAKE,
  DATA,
  { from: 'server', flags: Tcp.ack | Tcp.psh, seq: 501, ack: 141, payload: 9 },
  { from: 'client', flags: Tcp.ack | Tcp.fin, seq: 141, ack: 510 },
]
/** What the device's own number is, beside the server's. */
const OWN = 0xffff_f000
const SHIFT = OWN - 500

describe('observe/live/syn-proxies', () => {
  it('ends the handshake that a device began, and speaks to each side in its numbers from there on', async () => {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const steps = STEPS.map((step) => ({ ...step, family }))
      const { verdicts, port, sightings } = await playThrough(proxy(), [chunkOf(steps)])
      expect(verdicts, family).to.deep.equal(steps.map(() => 'forward'))
      const toClients = port.sent.filter(({ arm, frame }) => arm === 0 && isTcp(frame)).map(numbersOf)
      expect(toClients.map(({ ack }) => ack)).to.deep.equal([0, OWN + 1, OWN + 1, OWN + 1, OWN + 10])
      // The acknowledgement that was not recorded goes before the server's SYN-ACK.
      const order = port.sent
        .filter(({ frame }) => isTcp(frame))
        .map(({ arm, frame }) => `${arm} ${numbersOf(frame).seq}`)
      expect(order.slice(0, 4)).to.deep.equal(['0 100', '0 101', '1 500', '0 101'])
      const told = sightings.map(({ kind, step, field }) => `${step} ${kind} ${field}`)
      expect(told).to.deep.equal([
        '0 altered ack',
        '1 altered seq',
        '1 altered window',
        '2 altered ack',
        '3 altered ack',
        '4 altered seq',
        '5 altered ack',
      ])
    }
  })

  it('knows what a host passes on without translating it, resets among it', async () => {
    const reset: Step = { from: 'client', flags: Tcp.rst | Tcp.ack, seq: 141, ack: 510 }
    const left = [...STEPS.slice(3), reset].map((step) => ({ ...step, host: 1 }))
    const hosts = [proxy(), proxy('passed')]
    const device: Device = (arm, frame) =>
      (hosts[arm >> 1] ?? passing)(arm & 1, frame).map((each) => ({ ...each, arm: each.arm | (arm & 2) }))
    const chunks = [chunkOf(STEPS.slice(0, 3)), chunkOf(left)]
    const { verdicts, batches } = await playThrough(device, chunks, { hosts: 2 })
    expect(verdicts).to.deep.equal(verdicts.map(() => 'forward'))
    expect(batches.flatMap(({ packets }) => packets.emitted)).to.deep.equal([])
  })

  it('takes no SYN-ACK of the server for an answer of the device, if a SYN that was sent again is slower', async () => {
    const [syn, synAck, ack] = HANDSHAKE as [Step, Step, Step]
    let syns = 0
    const slow: Device = (arm, frame) => {
      const isAgain = isTcp(frame) && numbersOf(frame).flags === Tcp.syn && ++syns > 1
      return passing(arm, frame).map((each) => (isAgain ? { ...each, delay: 30 } : each))
    }
    const steps = [syn, synAck, syn, ack, DATA]
    const { verdicts, port, batches } = await playThrough(slow, [chunkOf(steps)])
    expect(verdicts).to.deep.equal(steps.map(() => 'forward'))
    expect(batches.flatMap(({ packets }) => packets.emitted)).to.deep.equal([])
    expect(port.sent.filter(({ frame }) => isTcp(frame))).to.have.length(steps.length)
  })

  it('a SYN of which no more comes is answered', async () => {
    const half: Device = (arm, frame) => proxy()(arm, frame)
    const { verdicts } = await playThrough(half, [chunkOf(STEPS.slice(0, 1))], { lateness: 50 })
    expect(verdicts).to.deep.equal(['answered'])
  })

  it('so is a SYN-ACK of whose window the client is not told', async () => {
    const whole = proxy()
    const mute: Device = (arm, frame) =>
      whole(arm, frame).filter((each) => arm === 0 || each.arm === 1 || !isTcp(frame))
    const { verdicts } = await playThrough(mute, [chunkOf(STEPS.slice(0, 2))], { lateness: 50 })
    expect(verdicts).to.deep.equal(['forward', 'answered'])
  })
})

/** A device that opens connections of clients in the server's place; what it knows no connection of goes through as it is, or not. */
function proxy(strangers: 'dropped' | 'passed' = 'dropped'): Device {
  let state: 'closed' | 'asked' | 'opening' | 'open' = 'closed'
  return (arm, frame) => {
    if (!isTcp(frame)) return passing(arm, frame)
    const { flags, seq, ack } = numbersOf(frame)
    if (arm === 0 && flags === Tcp.syn) {
      state = 'asked'
      return [{ arm, frame: turned(frame, { flags: Tcp.syn | Tcp.ack, seq: OWN, ack: seq + 1, window: 0 }) }]
    }
    if (arm === 0 && state === 'asked' && ack === OWN + 1) {
      state = 'opening'
      return [{ arm: 1, frame: made(frame, { flags: Tcp.syn, seq: seq - 1, ack: OWN, window: 1000 }) }]
    }
    if (arm === 1 && state === 'opening' && flags === (Tcp.syn | Tcp.ack)) {
      state = 'open'
      return [
        { arm: 1, frame: turned(frame, { flags: Tcp.ack, seq: ack, ack: seq + 1, window: 1000 }) },
        { arm: 0, frame: made(frame, { flags: Tcp.ack, seq: OWN + 1, ack, window: 1000 }) },
      ]
    }
    if (state !== 'open') return strangers === 'passed' ? passing(arm, frame) : []
    const copy = frame.slice()
    readdress(copy, Link.raw, arm === 0 ? { ackDelta: -SHIFT } : { seqDelta: SHIFT })
    return passing(arm, copy)
  }
}

interface Numbers {
  readonly flags: number
  readonly seq: number
  readonly ack: number
}

const isTcp = (frame: Uint8Array) => dissect(frame, Link.raw).protocol === 6

function numbersOf(frame: { readonly frame: Uint8Array } | Uint8Array): Numbers {
  const bytes = frame instanceof Uint8Array ? frame : frame.frame
  const { l4 } = dissect(bytes, Link.raw)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { flags: view.getUint8(l4 + 13), seq: view.getUint32(l4 + 4), ack: view.getUint32(l4 + 8) }
}

function made(frame: Uint8Array, numbers: Numbers & { readonly window: number }): Uint8Array {
  return forgeTcp({ bytes: frame, link: Link.raw }, { ...numbers, payload: 0 })
}

/** The same towards who sent it. */
function turned(frame: Uint8Array, numbers: Numbers & { readonly window: number }): Uint8Array {
  const answer = made(frame, numbers)
  const { l4 } = dissect(frame, Link.raw)
  const [from, size] = (frame[0] ?? 0) >> 4 === 6 ? [8, 16] : [12, 4]
  const end = (address: number, port: number) => ({
    address: frame.slice(address, address + size),
    port: ((frame[port] ?? 0) << 8) | (frame[port + 1] ?? 0),
  })
  readdress(answer, Link.raw, { source: end(from + size, l4 + 2), destination: end(from, l4) })
  return answer
}
