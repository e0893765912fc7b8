import { expect } from 'chai'
import { type Emitted, PacketBatch } from '../model/batch.ts'
import { Direction, Tcp, Tunnels, Verdict } from '../model/codes.ts'
import { decodeBatch } from '../wire/decode.ts'
import { join8, MACS } from '../wire/example-frames.test.ts'
import { forgeTcp, readdress } from '../wire/forge.ts'
import { buildAbort } from '../wire/reset.ts'
import { TUNNELS } from '../wire/tunnel/example-tunnels.test.ts'
import { controlFrame } from './control-frames.ts'
import { Receivers } from './receivers.ts'

interface Sent {
  readonly from: 'client' | 'server'
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly payload?: number
  readonly dropped?: true
}

function frameOf({ from, flags, seq, ack, payload = 0 }: Sent): Uint8Array {
  const { frame, link } = controlFrame('ipv4', from === 'client' ? 0 : 1, 'denied')
  return forgeTcp({ bytes: frame, link }, { flags, seq, ack, payload, window: 1000 })
}

/** What ends of flow 3 know after these packets. */
function having(...sent: readonly Sent[]): Receivers {
  return knowing(sent.map((each) => ({ ...each, frame: frameOf(each) })))
}

function knowing(sent: readonly (Sent & { readonly frame: Uint8Array })[]): Receivers {
  const receivers = new Receivers()
  for (const { frame, ...each } of sent) {
    const batch = new PacketBatch(1, frame.length)
    batch.tunnels = Tunnels.inner
    batch.bytes.set(frame)
    batch.captured[0] = frame.length
    batch.link[0] = 1
    batch.count = 1
    decodeBatch(batch)
    batch.flow[0] = 3
    batch.direction[0] = each.from === 'client' ? Direction.c2s : Direction.s2c
    batch.verdict[0] = each.dropped ? Verdict.drop : Verdict.forward
    receivers.observe(batch, 0)
  }
  return receivers
}

function reset(to: 'client' | 'server', seq: number, change: Partial<Emitted> = {}): Emitted {
  const { frame, link } = controlFrame('ipv4', 0, 'denied')
  const headers = { bytes: frame, link, l3: 14, l4: 34 }
  const built = buildAbort(headers, to === 'client' ? 'sender' : 'receiver', seq, 0, 'rfc')
  return { cause: -1, kind: 'tcp-rst', to, flow: 3, by: 0, at: 0, link, ...built, ...change }
}

const OPEN: readonly Sent[] = [
  { from: 'client', flags: Tcp.syn, seq: 0xffff_fff0, ack: 0 },
  { from: 'server', flags: Tcp.syn | Tcp.ack, seq: 500, ack: 0xffff_fff1 },
  { from: 'client', flags: Tcp.ack, seq: 0xffff_fff1, ack: 501 },
]
const data = (change: Partial<Sent> = {}): Sent => ({
  from: 'client',
  flags: Tcp.ack | Tcp.psh,
  seq: 0xffff_fff1,
  ack: 501,
  payload: 100,
  ...change,
})

describe('observe/receivers', () => {
  it('an end obeys the number that it expects next, and no other', () => {
    const known = having(...OPEN, data())
    expect(known.accepts(reset('server', 85))).to.equal(true)
    expect(known.accepts(reset('client', 501))).to.equal(true)
    for (const seq of [84, 86, 0xffff_fff1])
      expect(known.accepts(reset('server', seq)), String(seq)).to.equal(false)
    expect(known.accepts(reset('client', 85))).to.equal(false)
  })

  it('what was dropped was not received, unless it is acknowledged all the same', () => {
    expect(having(...OPEN, data({ dropped: true })).accepts(reset('server', 85))).to.equal(false)
    const acknowledged = having(...OPEN, data({ dropped: true }), {
      from: 'server',
      flags: Tcp.ack,
      seq: 501,
      ack: 85,
      dropped: true,
    })
    expect(acknowledged.accepts(reset('server', 85))).to.equal(true)
  })

  it('what comes before its turn, or again, moves nothing', () => {
    expect(having(...OPEN, data({ seq: 85 })).accepts(reset('server', 0xffff_fff1))).to.equal(true)
    expect(having(...OPEN, data(), data()).accepts(reset('server', 85))).to.equal(true)
    expect(having(...OPEN, data(), data({ seq: 35 })).accepts(reset('server', 135))).to.equal(true)
  })

  it('a FIN is counted, a SYN begins anew', () => {
    const closing = having(...OPEN, data({ flags: Tcp.ack | Tcp.fin }))
    expect(closing.accepts(reset('server', 86))).to.equal(true)
    const again = having(...OPEN, { from: 'client', flags: Tcp.syn, seq: 7000, ack: 0 })
    expect(again.accepts(reset('server', 7001))).to.equal(true)
  })

  it('a reset of another flow, of other ends, or with a bad checksum is not obeyed', () => {
    const known = having(...OPEN, data())
    const good = reset('server', 85)
    expect(known.accepts({ ...good, flow: 4 })).to.equal(false)
    const elsewhere = good.frame.slice()
    readdress(elsewhere, good.link, { source: { address: new Uint8Array([9, 9, 9, 9]) } })
    expect(known.accepts({ ...good, frame: elsewhere })).to.equal(false)
    const broken = good.frame.slice()
    broken[50] = (broken[50] ?? 0) ^ 1
    expect(known.accepts({ ...good, frame: broken })).to.equal(false)
    expect(known.accepts({ ...good, to: 'client' })).to.equal(false)
  })

  it('in a tunnel it is obeyed by the ends of the packets in the tunnel', () => {
    const gre = TUNNELS.find(({ name }) => name === 'gre')
    const within = (frame: Uint8Array) =>
      join8(MACS, Uint8Array.of(8, 0), gre?.wrap(frame.subarray(14)) ?? new Uint8Array())
    const known = knowing([...OPEN, data()].map((each) => ({ ...each, frame: within(frameOf(each)) })))
    const good = reset('server', 85)
    expect(known.accepts({ ...good, frame: within(good.frame) })).to.equal(true)
    const broken = good.frame.slice()
    broken[50] = (broken[50] ?? 0) ^ 1
    expect(known.accepts({ ...good, frame: within(broken) })).to.equal(false)
  })
})
