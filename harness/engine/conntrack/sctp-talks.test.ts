import { putU16 } from '../../wire/bytes.ts'
import { emitIcmp } from '../../wire/icmp.ts'
import { Protocol } from '../../wire/numbers.ts'
import {
  Chunk,
  emitChunk,
  emitSctp,
  INIT_BODY,
  SCTP_HEADER,
  TAG_REFLECTED,
  writeSctpChecksum,
} from '../../wire/sctp.ts'
import { type Ends, frameOf } from '../conversations/frames.test.ts'
import { chance, pick, type Roll } from '../conversations/random.test.ts'

const ETHERNET = 14
const PORTS = [3000, 4000] as const
/** Few, so that a wrong one is the right one of something else now and then. */
const TAGS = [1, 2, 3, 0x10203] as const
const TYPES = Object.values(Chunk)
/** Types that nobody knows. */
const UNKNOWN = [12, 63, 0x80, 0xc1, 255] as const
/** What ordinary associations say, by side and chunk: opened and closed, opened by both at once, by another address, and out of the blue. */
const POLITE: readonly (readonly (readonly [0 | 1, number])[])[] = [
  [
    [0, Chunk.init],
    [1, Chunk.initAck],
    [0, Chunk.cookieEcho],
    [1, Chunk.cookieAck],
    [0, Chunk.data],
    [1, Chunk.sack],
    [1, Chunk.heartbeat],
    [0, Chunk.heartbeatAck],
    [0, Chunk.shutdown],
    [1, Chunk.shutdownAck],
    [0, Chunk.shutdownComplete],
    [0, Chunk.init],
    [1, Chunk.initAck],
  ],
  [
    [0, Chunk.init],
    [1, Chunk.init],
    [1, Chunk.initAck],
    [0, Chunk.initAck],
    [0, Chunk.cookieEcho],
    [1, Chunk.cookieAck],
    [1, Chunk.shutdown],
  ],
  [
    [0, Chunk.heartbeat],
    [1, Chunk.heartbeatAck],
    [1, Chunk.data],
    [0, Chunk.heartbeat],
  ],
  [
    [0, Chunk.shutdownAck],
    [1, Chunk.shutdownComplete],
  ],
]

export interface TalkFrame {
  readonly bytes: Uint8Array
  readonly line: string
  /** What it was made as. */
  readonly kind: string
}

/** How an SCTP packet is made wrong. */
type Odd = 'checksum' | 'cut' | 'length' | 'bundle'
const ODD: readonly Odd[] = ['checksum', 'cut', 'length', 'bundle']

/** An SCTP packet between two ports, with its checksum. */
export function sctpPacket(
  [sourcePort, destinationPort]: readonly [number, number],
  tag: number,
  chunks: readonly Uint8Array[],
): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, SCTP_HEADER))
  let at = emitSctp({ sourcePort, destinationPort, tag }, bytes, 0)
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  writeSctpChecksum(bytes, 0, bytes.length)
  return bytes
}

/** A chunk with a body as long as its type asks for; INIT and INIT ACK hold the tag. */
export function sctpChunk(type: number, tag = 0, flags = 0): Uint8Array {
  const opens = type === Chunk.init || type === Chunk.initAck
  const body = new Uint8Array(opens ? INIT_BODY : type === Chunk.data ? 16 : 4)
  if (opens) body.set([tag >>> 24, (tag >> 16) & 255, (tag >> 8) & 255, tag & 255])
  return emitChunk(type, flags, body)
}

/** An association, or what only looks like one: a polite beginning, then what a roll of the dice says. */
export class SctpTalk {
  readonly frames: TalkFrame[] = []
  readonly #roll: Roll
  readonly #ends: Ends
  /** By side, what it has last asked to be called. */
  readonly #tags: [number, number] = [0, 0]

  constructor(roll: Roll, ends: Ends) {
    this.#roll = roll
    this.#ends = ends
    const polite = pick(roll, POLITE)
    const first = chance(roll, 90) ? roll(polite.length + 1) : 0
    for (const [side, type] of polite.slice(0, first)) {
      this.#send(side, [type], chance(roll, 95))
      if (chance(roll, 10)) this.#send(side, [type], true)
    }
  }

  step(): void {
    const roll = this.#roll
    const side = roll(2) === 0 ? 0 : 1
    const about = this.frames[roll(Math.max(1, this.frames.length))]
    if (chance(roll, 5) && about !== undefined) {
      this.#error(about)
      return
    }
    const types = [this.#type()]
    while (chance(roll, 20)) types.push(this.#type())
    this.#send(side, types, chance(roll, 60), chance(roll, 12) ? pick(roll, ODD) : undefined)
  }

  #type(): number {
    return pick(this.#roll, chance(this.#roll, 8) ? UNKNOWN : TYPES)
  }

  #send(side: 0 | 1, types: readonly number[], right: boolean, odd?: Odd): void {
    const roll = this.#roll
    const opens = types.includes(Chunk.init)
    const wrong = [0, this.#tags[side], pick(roll, TAGS)] as const
    const tag = right ? (opens ? 0 : this.#tags[1 - side]) : pick(roll, wrong)
    const chunks = types.map((type) => this.#chunk(side, type))
    if (odd === 'bundle') chunks.push(emitChunk(pick(roll, TYPES), 0, new Uint8Array(roll(6))))
    const packet = sctpPacket(side === 0 ? PORTS : [PORTS[1], PORTS[0]], tag ?? 0, chunks)
    const sent = odd === undefined ? packet : this.#spoilt(packet, odd)
    const names = types.map((type) => nameOf(type)).join(' ')
    const kind = odd ?? (types.length > 1 ? 'bundled' : right ? names : `${names}, any tag`)
    const start = Buffer.from(sent.subarray(SCTP_HEADER, SCTP_HEADER + 8)).toString('hex')
    const line = `${names} tag ${tag} ${start}${odd === undefined ? '' : ` ${odd}`}`
    this.#put(side, Protocol.sctp, sent, line, kind)
  }

  #chunk(side: 0 | 1, type: number): Uint8Array {
    const roll = this.#roll
    if (type === Chunk.init || type === Chunk.initAck) {
      // Most often it stays with the name that it has.
      if (this.#tags[side] === 0 || chance(roll, 40)) this.#tags[side] = pick(roll, TAGS)
      return sctpChunk(type, chance(roll, 3) ? 0 : this.#tags[side])
    }
    return sctpChunk(type, 0, chance(roll, 25) ? TAG_REFLECTED : roll(2) * 2)
  }

  #spoilt(packet: Uint8Array, odd: Odd): Uint8Array {
    const roll = this.#roll
    if (odd === 'checksum') {
      const at = roll(packet.length)
      packet[at] = (packet[at] ?? 0) ^ 0x40
      return packet
    }
    if (odd === 'length')
      putU16(packet, SCTP_HEADER + 2, pick(roll, [0, 1, 3, 5, 7, packet.length, 0x100, 0xffff]))
    const sent = odd === 'cut' ? packet.slice(0, roll(packet.length)) : packet
    if (sent.length >= SCTP_HEADER) writeSctpChecksum(sent, 0, sent.length)
    return sent
  }

  /** About any packet so far, by its receiver. */
  #error(about: TalkFrame): void {
    const roll = this.#roll
    const { six } = this.#ends
    const header = six ? 40 : 20
    const quote = about.bytes.slice(ETHERNET, ETHERNET + header + pick(roll, [0, 3, 8, 12, 40]))
    const segment = new Uint8Array(8 + quote.length)
    emitIcmp({ type: six ? 1 : 3, code: 4, rest: 0 }, segment, 0)
    segment.set(quote, 8)
    const side = about.line.startsWith('>') ? 1 : 0
    const protocol = six ? Protocol.icmp6 : Protocol.icmp
    this.#put(side, protocol, segment, `error, ${quote.length} bytes of «${about.line}»`, 'ICMP error')
  }

  #put(side: 0 | 1, protocol: number, segment: Uint8Array, line: string, kind: string): void {
    const frame = frameOf(this.#ends, side === 0, protocol, segment)
    // An SCTP packet has its own checksum, elsewhere.
    if (protocol === Protocol.sctp) frame.set(segment, frame.length - segment.length)
    this.frames.push({ bytes: frame, line: `${side === 0 ? '>' : '<'} ${line}`, kind })
  }
}

function nameOf(type: number): string {
  return Object.entries(Chunk).find(([, value]) => value === type)?.[0] ?? `chunk ${type}`
}
