import { Tcp } from '../../model/codes.ts'
import type { FrameClass } from './conversation.test.ts'
import { chance, pick, word } from './random.test.ts'
import type { Talk } from './talk.test.ts'

const DATA = Tcp.ack | Tcp.psh
const NEAR = [1, 2, 10, 100, 1000, 1460] as const
const FAR = [66_000, 200_000, 1 << 20, 1 << 24, 1 << 30, 0x7fff_ffff, 0x8000_0000] as const
const LENGTHS = [0, 1, 2, 100, 1000] as const
const ODD = [
  0,
  Tcp.psh,
  Tcp.urg,
  Tcp.psh | Tcp.urg,
  Tcp.fin,
  Tcp.fin | Tcp.psh | Tcp.urg,
  Tcp.syn | Tcp.fin,
  Tcp.syn | Tcp.fin | Tcp.ack,
  Tcp.syn | Tcp.rst,
  Tcp.syn | Tcp.rst | Tcp.ack,
  Tcp.syn | Tcp.psh,
  Tcp.fin | Tcp.rst,
  Tcp.fin | Tcp.rst | Tcp.ack,
  Tcp.ack | Tcp.urg,
  Tcp.ack | Tcp.psh | Tcp.urg,
  Tcp.ack | Tcp.ece | Tcp.cwr,
  Tcp.syn | Tcp.ece | Tcp.cwr,
  0xff,
] as const

/** Something that an ordinary stack does not send, put between what it does send. Neither end takes note of it. */
export type Anomaly = (talk: Talk, toServer: boolean) => void

/** The anomalies of TCP by class; an entry that stands more often is taken more often. */
export const ANOMALIES: readonly (readonly [FrameClass, Anomaly])[] = [
  ['out-of-window', beyondWindow],
  ['out-of-window', farAway],
  ['overlap', retransmission],
  ['overlap', oldData],
  ['bad-ack', badAck],
  ['bad-ack', badAck],
  ['rst', reset],
  ['rst', reset],
  ['fin', strayFin],
  ['fin', strayFin],
  ['reuse', strayOpening],
  ['reuse', strayOpening],
  ['odd-flags', oddFlags],
  ['odd-flags', oddFlags],
  ['timestamp', oddTimestamp],
]

function beyondWindow(talk: Talk, toServer: boolean): void {
  const window = talk.peer(toServer).window << talk.peer(toServer).scale
  const past = chance(talk.roll, 50) ? -pick(talk.roll, NEAR) : pick(talk.roll, NEAR)
  const seq = talk.end(toServer).next + window + past
  talk.forge(toServer, DATA, { seq, length: pick(talk.roll, LENGTHS), kind: 'out-of-window' })
}

function farAway(talk: Talk, toServer: boolean): void {
  const distance = pick(talk.roll, chance(talk.roll, 50) ? NEAR : FAR)
  const seq = talk.end(toServer).next + (chance(talk.roll, 50) ? distance : -distance)
  talk.forge(toServer, DATA, { seq, length: pick(talk.roll, LENGTHS), kind: 'out-of-window' })
}

/** What was sent once, whole or in part, or part of it together with something new. */
function retransmission(talk: Talk, toServer: boolean): void {
  const sent = (talk.end(toServer).next - talk.end(toServer).isn - 1) >>> 0
  const back = 1 + talk.roll(Math.min(Math.max(sent, 1), 3000))
  const length = chance(talk.roll, 70) ? 1 + talk.roll(back) : back + pick(talk.roll, NEAR)
  talk.forge(toServer, DATA, { seq: talk.end(toServer).next - back, length, kind: 'overlap' })
}

/** From the first bytes of the stream. */
function oldData(talk: Talk, toServer: boolean): void {
  const seq = talk.end(toServer).isn + talk.roll(4)
  talk.forge(toServer, DATA, { seq, length: pick(talk.roll, LENGTHS), kind: 'overlap' })
}

function badAck(talk: Talk, toServer: boolean): void {
  const distance = pick(talk.roll, chance(talk.roll, 60) ? NEAR : FAR)
  const ack = talk.end(toServer).expects + (chance(talk.roll, 50) ? distance : -distance)
  talk.forge(toServer, Tcp.ack, { ack, length: pick(talk.roll, LENGTHS), kind: 'bad-ack' })
}

function reset(talk: Talk, toServer: boolean): void {
  const withAck = chance(talk.roll, 50)
  const off = pick(talk.roll, [0, 0, 0, 1, -1, 100, -100, 5000, -70_000, 1 << 20, 1 << 30])
  const ack = talk.end(toServer).expects + pick(talk.roll, [0, 0, 0, 1, 5000, -5000, 1 << 30])
  const length = chance(talk.roll, 15) ? 20 : 0
  const seq = talk.end(toServer).next + off
  const plain = chance(talk.roll, 70)
  const flags = withAck ? Tcp.rst | Tcp.ack : Tcp.rst
  talk.forge(toServer, flags, { seq, ack: withAck ? ack : 0, length, window: 0, plain, kind: 'rst' })
}

function strayFin(talk: Talk, toServer: boolean): void {
  const off = pick(talk.roll, [0, 0, -1, 1, 100, -100, 70_000, -70_000, 1 << 30])
  const flags = chance(talk.roll, 85) ? Tcp.fin | Tcp.ack : Tcp.fin
  const seq = talk.end(toServer).next + off
  talk.forge(toServer, flags, { seq, length: chance(talk.roll, 20) ? 30 : 0, kind: 'fin' })
}

/** A SYN or SYN-ACK of some connection on the same ports, perhaps this one's own again. */
function strayOpening(talk: Talk, toServer: boolean): void {
  const own = chance(talk.roll, 40)
  const seq = own ? talk.end(toServer).isn : word(talk.roll)
  const answers = chance(talk.roll, 40)
  const ack = own ? talk.peer(toServer).isn + 1 : talk.end(toServer).expects
  const flags = answers ? Tcp.syn | Tcp.ack : Tcp.syn
  const plain = chance(talk.roll, 50)
  talk.forge(toServer, flags, { seq, ack: answers ? ack : 0, plain, kind: 'reuse' })
}

function oddFlags(talk: Talk, toServer: boolean): void {
  const length = pick(talk.roll, LENGTHS)
  talk.forge(toServer, pick(talk.roll, ODD), { length, plain: chance(talk.roll, 30), kind: 'odd-flags' })
}

function oddTimestamp(talk: Talk, toServer: boolean): void {
  const off = pick(talk.roll, [-1, -2, -1000, -100_000, 100_000, 1 << 30, 1 << 31])
  const stamp = chance(talk.roll, 15) ? 0 : talk.stamp(toServer) + off
  const flags = pick(talk.roll, [Tcp.ack, DATA, Tcp.fin | Tcp.ack, Tcp.rst | Tcp.ack])
  const length = flags === DATA ? 50 : 0
  talk.forge(toServer, flags, { stamp: stamp >>> 0, length, kind: 'timestamp' })
}
