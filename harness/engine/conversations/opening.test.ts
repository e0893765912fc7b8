import { Tcp } from '../../model/codes.ts'
import type { TcpOptions } from '../../wire/tcp-options.ts'
import { chance, pick, word } from './random.test.ts'
import type { Talk } from './talk.test.ts'

const SYN_ACK = Tcp.syn | Tcp.ack
/** Kind, length, and a cookie of four bytes; the older experimental kind with its magic; and a request for one. */
const FAST_OPEN = [
  [34, 6, 1, 2, 3, 4],
  [254, 12, 0xf9, 0x89, 1, 2, 3, 4, 5, 6, 7, 8],
  [34, 2],
] as const

interface Offers {
  readonly syn: TcpOptions
  readonly synAck: TcpOptions
}

/** A connection opens, most often as connections do. */
export function open(talk: Talk): void {
  const { roll } = talk
  const offers = agree(talk)
  const kind = roll(100)
  if (kind < 62) ordinary(talk, offers)
  else if (kind < 70) synAgain(talk, offers)
  else if (kind < 76) synAckAgain(talk, offers)
  else if (kind < 82) lossy(talk, offers)
  else if (kind < 86) simultaneous(talk, offers)
  else if (kind < 90) split(talk, offers)
  else if (kind < 95) fastOpen(talk, offers)
  else if (kind < 97) refused(talk, offers)
  else unseen(talk)
}

/** Which options both sides will use, and what their SYNs say. */
function agree(talk: Talk): Offers {
  const { roll, client, server } = talk
  const both = () => [chance(roll, 80), chance(roll, 90)] as const
  const [stampC, stampS] = both()
  const [scaleC, scaleS] = both()
  const [sackC, sackS] = both()
  client.scale = scaleC && scaleS ? roll(10) : 0
  server.scale = scaleC && scaleS ? roll(10) : 0
  talk.sack = sackC && sackS
  talk.stamps = stampC && stampS
  const stamps = { value: talk.stamp(true), echo: 0 }
  const answer = { value: talk.stamp(false), echo: talk.stamp(true) }
  return {
    syn: offer(1460, sackC, scaleC ? client.scale : -1, stampC ? stamps : undefined),
    synAck: offer(1400, sackS, scaleS ? server.scale : -1, stampS && stampC ? answer : undefined),
  }
}

function offer(
  mss: number,
  sack: boolean,
  windowScale: number,
  timestamps: { value: number; echo: number } | undefined,
): TcpOptions {
  return {
    mss,
    ...(sack ? { sackPermitted: true as const } : {}),
    ...(windowScale < 0 ? {} : { windowScale }),
    ...(timestamps === undefined ? {} : { timestamps }),
  }
}

function ordinary(talk: Talk, { syn, synAck }: Offers): void {
  talk.send(true, Tcp.syn, { options: syn })
  talk.send(false, SYN_ACK, { options: synAck })
  talk.send(true, Tcp.ack)
}

/** The client sends its SYN again, perhaps with a later timestamp, before or after the answer. */
function synAgain(talk: Talk, { syn, synAck }: Offers): void {
  talk.send(true, Tcp.syn, { options: syn })
  const again = () => {
    talk.pass(1000)
    const later =
      syn.timestamps === undefined
        ? syn
        : { ...syn, timestamps: { value: syn.timestamps.value + 1000, echo: 0 } }
    talk.forge(true, Tcp.syn, { seq: talk.client.isn, options: later, kind: 'opening' })
  }
  for (let n = talk.roll(3); n > 0; n--) again()
  talk.send(false, SYN_ACK, { options: synAck })
  if (chance(talk.roll, 30)) again()
  talk.send(true, Tcp.ack)
}

/** The SYN-ACK comes again, perhaps as that of another listener, with other numbers. */
function synAckAgain(talk: Talk, { syn, synAck }: Offers): void {
  talk.send(true, Tcp.syn, { options: syn })
  const other = chance(talk.roll, 50)
  const seq = other ? word(talk.roll) : talk.server.isn
  if (other) talk.forge(false, SYN_ACK, { seq, options: synAck, kind: 'opening' })
  talk.send(false, SYN_ACK, { options: synAck, ...(other ? { kind: 'opening' as const } : {}) })
  for (let n = talk.roll(3); n > 0; n--) {
    const again = chance(talk.roll, 50) ? seq : talk.server.isn
    talk.forge(false, SYN_ACK, { seq: again, options: synAck, kind: 'opening' })
  }
  talk.send(true, Tcp.ack)
  if (chance(talk.roll, 50))
    talk.forge(false, SYN_ACK, { seq: talk.server.isn, options: synAck, kind: 'opening' })
}

/** One part of the opening is not seen here. */
function lossy(talk: Talk, { syn, synAck }: Offers): void {
  const missing = talk.roll(3)
  if (missing === 0) talk.skip(true, Tcp.syn, 0)
  else talk.send(true, Tcp.syn, { options: syn })
  if (missing === 1) talk.skip(false, SYN_ACK, 0)
  else talk.send(false, SYN_ACK, { options: synAck, kind: 'opening' })
  if (missing !== 2) talk.send(true, Tcp.ack, { kind: 'opening' })
}

function simultaneous(talk: Talk, { syn, synAck }: Offers): void {
  talk.send(true, Tcp.syn, { options: syn })
  talk.send(false, Tcp.syn, { options: syn, kind: 'opening' })
  const answer = { options: synAck, kind: 'opening' as const }
  talk.forge(true, SYN_ACK, { ...answer, seq: talk.client.isn })
  if (chance(talk.roll, 60)) talk.forge(false, SYN_ACK, { ...answer, seq: talk.server.isn })
}

/** The server answers with a SYN of its own, the client with a SYN-ACK, the server with the ACK. */
function split(talk: Talk, { syn, synAck }: Offers): void {
  talk.send(true, Tcp.syn, { options: syn })
  if (chance(talk.roll, 30)) talk.forge(false, Tcp.ack, { ack: talk.client.next, seq: 0, kind: 'opening' })
  talk.send(false, Tcp.syn, { options: syn, kind: 'opening' })
  talk.forge(true, SYN_ACK, { options: synAck, seq: talk.client.isn, kind: 'opening' })
  talk.send(false, Tcp.ack, { kind: 'opening' })
}

/** Data on the SYN, which the server takes or not (RFC 7413). */
function fastOpen(talk: Talk, { syn, synAck }: Offers): void {
  const raw = pick(talk.roll, FAST_OPEN)
  const { mss: _mss, ...rest } = syn
  const length = raw.length > 2 ? talk.roll(400) : 0
  talk.send(true, Tcp.syn, { options: rest, raw, length, kind: 'opening' })
  if (length > 0 && chance(talk.roll, 40)) {
    talk.client.next = (talk.client.isn + 1) >>> 0
    talk.server.expects = talk.client.next
  }
  const cookie = raw.length === 2 ? { raw: FAST_OPEN[0] } : {}
  talk.send(false, SYN_ACK, { options: synAck, ...cookie, kind: 'opening' })
  if (chance(talk.roll, 80)) talk.send(true, Tcp.ack, { kind: 'opening' })
}

function refused(talk: Talk, { syn, synAck }: Offers): void {
  talk.send(true, Tcp.syn, { options: syn })
  talk.forge(false, Tcp.rst | Tcp.ack, { seq: 0, window: 0, plain: true, kind: 'opening' })
  if (chance(talk.roll, 50)) {
    talk.pass(500)
    talk.forge(true, Tcp.syn, { seq: talk.client.isn, options: syn, kind: 'opening' })
    talk.send(false, SYN_ACK, { options: synAck, kind: 'opening' })
    talk.send(true, Tcp.ack, { kind: 'opening' })
  }
}

/** All of it was before this host's time. */
function unseen(talk: Talk): void {
  talk.skip(true, Tcp.syn, 0)
  talk.skip(false, SYN_ACK, 0)
}
