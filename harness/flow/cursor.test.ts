import { expect } from 'chai'
import type { PacketClass } from '../model/case.ts'
import { Link, Tcp } from '../model/codes.ts'
import { type ExampleFrame, ethernet, hex, icmp, ipv4, udp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { emitTcpOptions } from '../wire/tcp-options.ts'
import { TcpCursor } from './cursor.ts'
import { assigned, fragments4, SYN, SYN_ACK, segment } from './example-packets.test.ts'

const NAMES: readonly PacketClass[] = [
  'syn',
  'syn-ack',
  'handshake-ack',
  'established',
  'data',
  'ack',
  'keepalive',
  'retransmission',
  'fin',
  'rst',
]
const ACK = { flags: Tcp.ack }
const FIN = { flags: Tcp.fin | Tcp.ack }
const C = 0
const S = 1

/** The classes of each packet but `any`, and the cursor that has seen them all. */
function follow(...frames: readonly ExampleFrame[]): { classes: string[]; cursor: TcpCursor } {
  const batch = assigned(frames)
  const cursor = new TcpCursor()
  const classes = frames.map((_, i) => {
    const found = cursor.classesOf(batch, i)
    expect(found.has('any')).to.equal(true)
    cursor.observe(batch, i)
    return NAMES.filter((name) => found.has(name)).join(' ')
  })
  return { classes, cursor }
}

const OPENING = [
  segment(C, { ...SYN, seq: 1000 }),
  segment(S, { ...SYN_ACK, seq: 5000, ack: 1001 }),
  segment(C, { ...ACK, seq: 1001, ack: 5001 }),
]

describe('flow/cursor', () => {
  it('names every packet of a connection', () => {
    const { classes } = follow(
      ...OPENING,
      segment(C, { seq: 1001, ack: 5001 }, 10),
      segment(S, { ...ACK, seq: 5001, ack: 1011 }),
      segment(S, { seq: 5001, ack: 1011 }, 20),
      segment(S, { ...FIN, seq: 5021, ack: 1011 }, 4),
      segment(C, { ...ACK, seq: 1011, ack: 5026 }),
      segment(C, { ...FIN, seq: 1011, ack: 5026 }),
      segment(S, { ...ACK, seq: 5026, ack: 1012 }),
      segment(C, { flags: Tcp.rst, seq: 1012 }),
    )
    expect(classes).to.deep.equal([
      'syn',
      'syn-ack',
      'handshake-ack',
      'established data',
      'ack',
      'data',
      'data fin',
      'ack',
      'fin',
      'ack',
      'rst',
    ])
  })

  it('completes an opening by data, and by what was not recorded', () => {
    const [syn, synAck] = OPENING as [ExampleFrame, ExampleFrame]
    const data = segment(C, { seq: 1001, ack: 5001 }, 10)
    const answer = segment(S, { seq: 5001, ack: 1011 }, 5)
    expect(follow(syn, synAck, data, answer).classes).to.deep.equal([
      'syn',
      'syn-ack',
      'data',
      'established data',
    ])
    expect(follow(synAck, answer).classes).to.deep.equal(['syn-ack', 'established data'])
    const pure = segment(C, { ...ACK, seq: 1001, ack: 5001 })
    expect(follow(syn, pure, data).classes).to.deep.equal(['syn', 'handshake-ack', 'established data'])
    expect(follow(data, answer).classes).to.deep.equal(['established data', 'data'])
  })

  it('does not take an answer to a refused or challenged opening for its end', () => {
    const [syn] = OPENING as [ExampleFrame]
    const refused = segment(S, { flags: Tcp.rst | Tcp.ack, seq: 0, ack: 1001 })
    const challenge = segment(S, { ...ACK, seq: 7000, ack: 9000 })
    const again = segment(C, { ...SYN, seq: 2000 })
    expect(follow(syn, refused, again, challenge).classes).to.deep.equal(['syn', 'rst', 'syn', 'ack'])
  })

  it('tells what is sent again', () => {
    const data = segment(C, { seq: 1001, ack: 5001 }, 10)
    const [syn, synAck, ack] = OPENING as [ExampleFrame, ExampleFrame, ExampleFrame]
    const fin = segment(C, { ...FIN, seq: 1011, ack: 5001 })
    const { classes } = follow(syn, syn, synAck, synAck, ack, ack, data, data, fin, fin)
    expect(classes).to.deep.equal([
      'syn',
      'syn retransmission',
      'syn-ack',
      'syn-ack retransmission',
      'handshake-ack',
      'established ack',
      'data',
      'data retransmission',
      'fin',
      'retransmission fin',
    ])
  })

  it('tells keepalives from bytes sent again', () => {
    const probe = segment(C, { ...ACK, seq: 1001, ack: 5001 })
    const withByte = segment(C, { ...ACK, seq: 1001, ack: 5001 }, 1)
    const acked = segment(S, { ...ACK, seq: 5001, ack: 1002 })
    const { classes } = follow(...OPENING, withByte, withByte, acked, probe, acked, withByte)
    expect(classes.slice(3)).to.deep.equal([
      'established data',
      'data retransmission',
      'ack',
      'keepalive',
      'ack',
      'keepalive',
    ])
  })

  it('begins again with a fresh SYN on the same tuple', () => {
    const again = [
      segment(C, { ...SYN, seq: 10 }),
      segment(S, { ...SYN_ACK, seq: 20, ack: 11 }),
      segment(C, { ...ACK, seq: 11, ack: 21 }),
    ]
    const { classes, cursor } = follow(
      ...OPENING,
      segment(C, { seq: 1001 }, 1),
      ...again,
      segment(S, { seq: 21 }, 3),
    )
    expect(classes.slice(4)).to.deep.equal(['syn', 'syn-ack', 'handshake-ack', 'established data'])
    expect([cursor.nextSeq(C), cursor.nextSeq(S)]).to.deep.equal([11, 24])
  })

  it('keeps the numbers that each side has reached', () => {
    const stamped = (value: number, echo: number) => ({
      options: emitTcpOptions({ timestamps: { value, echo } }),
    })
    const { cursor } = follow(
      segment(C, { seq: 0xfffffff0, ack: 9, window: 300, ...stamped(70, 60) }, 32),
      segment(C, { seq: 0xfffffff0, ack: 9, window: 301, ...stamped(71, 61) }, 16),
      segment(C, { flags: Tcp.rst, seq: 77, window: 0 }),
    )
    expect(cursor.nextSeq(C)).to.equal(16)
    expect(cursor.window(C)).to.equal(301)
    expect(cursor.timestamp(C)).to.deep.equal({ value: 71, echo: 61 })
    expect(cursor.nextSeq(S), 'told by what the client acknowledged').to.equal(9)
    expect(cursor.timestamp(S)).to.equal(undefined)
    expect(cursor.template(S)).to.equal(undefined)
  })

  it('copies the latest frame of each direction, TCP before others', () => {
    const first = segment(C, {}, 300)
    const last = segment(C, {}, 5)
    const error = ethernet(ipv4(Protocol.icmp, icmp(3, 4, last.bytes.subarray(14, 54))))
    const batch = assigned([first, last, error])
    batch.direction[2] = C
    const cursor = new TcpCursor()
    for (let i = 0; i < batch.count; i++) cursor.observe(batch, i)
    batch.bytes.fill(0)
    expect(cursor.template(C)).to.deep.equal({ bytes: last.bytes, link: Link.ethernet, tunnels: 0 })
    expect(cursor.classesOf(batch, 2).has('data')).to.equal(false)
  })

  it('takes everything that is not TCP for data', () => {
    const datagram = ethernet(ipv4(Protocol.udp, udp(3)))
    expect(follow(datagram, datagram).classes).to.deep.equal(['data', 'data'])
    expect(follow(ethernet(ipv4(Protocol.icmp, icmp(8, 0, hex(''))))).classes).to.deep.equal(['data'])
  })

  it('reads a fragmented segment where it is completed', () => {
    const packet = segment(C, { seq: 1001, ack: 5001 }, 76).bytes.subarray(14)
    const frames = fragments4(packet, [40]).map((fragment) => ethernet(fragment))
    const { classes, cursor } = follow(...OPENING, ...frames)
    expect(classes.slice(3)).to.deep.equal(['', 'established data'])
    expect(cursor.nextSeq(C)).to.equal(1077)
  })
})
