import { Tcp } from '../../model/codes.ts'
import { putU16, u16 } from '../../wire/bytes.ts'
import { fold, sumAddresses, sumWords } from '../../wire/checksum.ts'
import { emitIcmp } from '../../wire/icmp.ts'
import { writeDatagramLength } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { emitTcp } from '../../wire/tcp.ts'
import { emitUdp } from '../../wire/udp.ts'
import type { Conversation, ConversationFrame } from '../conversations/conversation.test.ts'
import { type Ends, endsOf, fragmentsOf, frameOf } from '../conversations/frames.test.ts'
import { chance, dice, pick, type Roll } from '../conversations/random.test.ts'

const ETHERNET = 14
const LENGTHS = [0, 1, 4, 8, 12, 16, 20, 64] as const
/** Queries, answers, and what is neither. */
const TYPES4 = [8, 8, 8, 0, 0, 0, 13, 14, 15, 16, 17, 18, 9, 10, 30, 40] as const
const TYPES6 = [128, 128, 128, 129, 129, 129, 139, 140, 130, 133, 135, 136, 137, 143, 151, 153] as const
const ERRORS4 = [3, 3, 4, 5, 11, 12] as const
const ERRORS6 = [1, 2, 3, 4, 0, 100, 127] as const
/** Transport bytes that an error quotes; Linux needs the ports, but of ICMP all of its header. */
const QUOTED = [-12, 0, 1, 3, 4, 7, 8, 8, 20, 40, 70] as const
/** Of protocols by which Linux tells packets apart by addresses alone, and of those into which it looks. */
const PROTOCOLS = [253, Protocol.esp, 4, 2, 33, Protocol.gre, Protocol.sctp, Protocol.udpLite] as const
const TCP: Readonly<Record<string, number>> = {
  S: Tcp.syn,
  A: Tcp.ack,
  P: Tcp.psh,
  F: Tcp.fin,
  R: Tcp.rst,
}
const FLAGS = ['S', 'S', 'SA', 'A', 'PA', 'FA', 'R', 'RA', '.', 'SF'] as const
/** NOP, an option that nobody knows, record route with room and without, timestamps likewise. */
const OPTIONS4 = [
  [1, 1, 1, 0],
  [0x9e, 4, 0, 0],
  [7, 7, 4, 0, 0, 0, 0, 0],
  [7, 7, 8, 1, 2, 3, 4, 0],
  [68, 8, 5, 0, 0, 0, 0, 0],
  [68, 8, 9, 0, 0, 0, 0, 0],
] as const
/** IPv6 headers of 8 bytes, and that of authentication, of 16. */
const HEADERS6 = [
  Protocol.hopByHop,
  Protocol.destination,
  Protocol.routing,
  Protocol.mobility,
  Protocol.hostIdentity,
  Protocol.shim6,
  Protocol.authentication,
] as const

/** So many exchanges of a seed, of a few datagrams each between two ends: UDP, ICMP and its errors, other protocols, odd and not. */
export function makeExchanges(seed: number, count: number): Conversation[] {
  return Array.from({ length: count }, (_, index) => {
    const roll = dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
    const ends = endsOf(index, chance(roll, 50))
    const exchange = new Exchange(roll, ends)
    for (let more = 2 + roll(8); more > 0; more--) exchange.step()
    const { client, server, six } = ends
    return {
      index,
      family: six ? 'ipv6' : 'ipv4',
      protocol: 'udp',
      client,
      server,
      frames: exchange.frames,
    } satisfies Conversation
  })
}

class Exchange {
  readonly frames: ConversationFrame[] = []
  readonly #roll: Roll
  readonly #ends: Ends
  #fragmentId = 0

  constructor(roll: Roll, ends: Ends) {
    this.#roll = roll
    this.#ends = ends
  }

  step(): void {
    const roll = this.#roll
    const toServer = chance(roll, 50)
    const kind = roll(12)
    const about = this.frames[roll(Math.max(1, this.frames.length))]
    if (kind < 3) this.#udp(toServer)
    else if (kind < 6) this.#icmp(toServer)
    else if (kind < 8 && about !== undefined) this.#error(about)
    else if (kind < 10) this.#other(toServer)
    else this.#tcp(toServer)
  }

  /** Numbers near each other, and now and then a header that ends elsewhere. */
  #tcp(toServer: boolean): void {
    const roll = this.#roll
    const letters = pick(roll, FLAGS)
    const flags = [...letters].reduce((sum, letter) => sum | (TCP[letter] ?? 0), 0)
    const payload = roll(3) * 10
    const segment = new Uint8Array(20 + payload)
    const [sourcePort, destinationPort] = toServer ? [3000, 4000] : [4000, 3000]
    const numbers = { seq: roll(3), ack: roll(3), window: 1000, urgent: 0, reserved: 0, flags }
    emitTcp({ sourcePort, destinationPort, ...numbers, options: new Uint8Array(0) }, segment, 0)
    const words = roll(12) === 0 ? pick(roll, [0, 4, 6, 15]) : 5
    segment[12] = words << 4
    const frame = frameOf(this.#ends, toServer, Protocol.tcp, segment)
    if (roll(20) === 0) damage(frame, frame.length - segment.length + 16)
    this.#put(
      frame,
      toServer,
      `TCP ${letters} ${numbers.seq} ${numbers.ack} len=${payload} header of ${words}`,
    )
  }

  #udp(toServer: boolean): void {
    const roll = this.#roll
    const ports = [1000 + roll(2), 2000 + roll(2)]
    const [sourcePort = 0, destinationPort = 0] = toServer ? ports : ports.toReversed()
    const payloadLength = roll(200)
    const segment = new Uint8Array(8 + payloadLength)
    segment.fill(0x78, emitUdp({ sourcePort, destinationPort, payloadLength }, segment, 0))
    const frame = frameOf(this.#ends, toServer, Protocol.udp, segment)
    const l4 = frame.length - segment.length
    const odd = roll(16)
    if (odd === 0)
      putU16(frame, l4 + 4, pick(roll, [0, 7, 8, segment.length - 1, segment.length + 1, 0xffff]))
    if (odd === 1) putU16(frame, l4 + 6, 0)
    if (odd === 2) damage(frame, l4 + 6)
    const note = ['len', 'no checksum', 'bad checksum'][odd] ?? ''
    this.#put(frame, toServer, `UDP ${sourcePort}>${destinationPort} ${u16(frame, l4 + 4)} ${note}`)
  }

  #icmp(toServer: boolean): void {
    const roll = this.#roll
    const { six } = this.#ends
    const type = chance(roll, 20) ? (six ? 128 + roll(128) : roll(256)) : pick(roll, six ? TYPES6 : TYPES4)
    const code = chance(roll, 80) ? 0 : roll(3)
    const id = roll(3)
    const segment = new Uint8Array(8 + pick(roll, LENGTHS))
    emitIcmp({ type, code, rest: ((id << 16) | roll(3)) >>> 0 }, segment, 0)
    const frame = frameOf(this.#ends, toServer, six ? Protocol.icmp6 : Protocol.icmp, segment)
    const bad = roll(25) === 0
    if (bad) damage(frame, frame.length - segment.length + 2)
    this.#put(frame, toServer, `ICMP ${type}/${code} id ${id} ${bad ? 'bad checksum' : ''}`)
  }

  /** About any packet so far, by its receiver or by a router behind that, most often to its sender. */
  #error(about: ConversationFrame): void {
    const roll = this.#roll
    const { six, client, server } = this.#ends
    const behind = about.line.endsWith('behind 51') ? 16 : /behind \d+$/.test(about.line) ? 8 : 0
    const header = six ? 40 + behind : ((about.bytes[ETHERNET] ?? 0) & 15) << 2
    const quoted = pick(roll, QUOTED)
    // Headers between are quoted whole.
    const quote = about.bytes.slice(ETHERNET, ETHERNET + header + (behind > 0 ? Math.max(0, quoted) : quoted))
    const odd = roll(15)
    if (odd === 0 && !six) damage(quote, 10)
    if (odd === 1) quote[six ? 6 : 9] = 77
    const segment = new Uint8Array(8 + quote.length)
    const type = pick(roll, six ? ERRORS6 : ERRORS4)
    emitIcmp({ type, code: roll(5), rest: 0 }, segment, 0)
    segment.set(quote, 8)
    const toServer = chance(roll, 15) ? about.toServer : !about.toServer
    const router = six ? Uint8Array.from([...server.subarray(0, 15), 0x77]) : Uint8Array.of(203, 0, 113, 9)
    const byRouter = toServer ? { six, client: router, server } : { six, client, server: router }
    const ends = chance(roll, 30) ? byRouter : this.#ends
    const frame = frameOf(ends, toServer, six ? Protocol.icmp6 : Protocol.icmp, segment)
    if (roll(20) === 0) damage(frame, frame.length - segment.length + 2)
    const by = ends === this.#ends ? 'its receiver' : 'a router'
    this.#put(frame, toServer, `error ${type} of ${by}, ${quote.length} bytes of «${about.line}»`)
  }

  #other(toServer: boolean): void {
    const roll = this.#roll
    const protocol = pick(roll, PROTOCOLS)
    if (protocol === Protocol.udpLite) {
      this.#udpLite(toServer)
      return
    }
    const segment = Uint8Array.from({ length: pick(roll, LENGTHS) }, () => roll(256))
    if (protocol === Protocol.gre && segment.length >= 8) {
      putU16(segment, 0, pick(roll, [0, 0x2001, 0x3001, 1, 0x2000]))
      putU16(segment, 2, pick(roll, [0x800, 0x880b, 0x880b]))
      // Call IDs: none, and a few.
      putU16(segment, 6, roll(3))
    }
    const start = Buffer.from(segment.subarray(0, 4)).toString('hex')
    this.#put(frameOf(this.#ends, toServer, protocol, segment), toServer, `protocol ${protocol} ${start}`)
  }

  /** With a checksum over all or a part, as it should be, or as Linux has it: with the pseudo-header of UDP. */
  #udpLite(toServer: boolean): void {
    const roll = this.#roll
    const ports = [1000 + roll(2), 2000]
    const [sourcePort = 0, destinationPort = 0] = toServer ? ports : ports.toReversed()
    const segment = Uint8Array.from({ length: 8 + pick(roll, LENGTHS) }, () => roll(256))
    emitUdp({ sourcePort, destinationPort, payloadLength: 0 }, segment, 0)
    const frame = frameOf(this.#ends, toServer, Protocol.udpLite, segment)
    const l4 = frame.length - segment.length
    const covered = pick(roll, [0, 0, 8, segment.length, 9, 7, 1, segment.length + 1])
    putU16(frame, l4 + 4, covered)
    putU16(frame, l4 + 6, 0)
    const pseudo = pick(roll, [Protocol.udp, Protocol.udp, Protocol.udpLite])
    const sum = sumAddresses(frame, ETHERNET) + pseudo + segment.length
    const last = l4 + (covered === 0 ? segment.length : Math.min(covered, segment.length))
    putU16(frame, l4 + 6, ~fold(sum + sumWords(frame, l4, last)) & 0xffff || 0xffff)
    const odd = roll(10)
    if (odd === 0) putU16(frame, l4 + 6, 0)
    if (odd === 1) damage(frame, l4 + 6)
    const note = ['no checksum', 'bad checksum'][odd] ?? ''
    const kind = `protocol 136 ${sourcePort}>${destinationPort} covers ${covered}/${segment.length} as ${pseudo}`
    this.#put(roll(20) === 0 ? cut(frame, l4 + roll(8)) : frame, toServer, `${kind} ${note}`)
  }

  /** On the wire, now and then in fragments or behind something. */
  #put(frame: Uint8Array, toServer: boolean, line: string): void {
    const roll = this.#roll
    const way = toServer ? '>' : '<'
    if (frame.length > 90 && chance(roll, 8)) {
      for (const part of fragmentsOf(this.#ends, toServer, frame, ++this.#fragmentId))
        this.#add(part, toServer, `${way} fragment of ${line}`)
    } else if (chance(roll, 10)) this.#addBehind(frame, toServer, `${way} ${line}`)
    else this.#add(frame, toServer, `${way} ${line}`)
  }

  #add(bytes: Uint8Array, toServer: boolean, line: string): void {
    const time = this.frames.length
    this.frames.push({ time, bytes, toServer, line, kind: 'in-order' })
  }

  #addBehind(frame: Uint8Array, toServer: boolean, line: string): void {
    const { six } = this.#ends
    const end = ETHERNET + (six ? 40 : 20)
    const header = pick(this.#roll, HEADERS6)
    const next = frame[ETHERNET + 6] ?? 0
    const between = six ? headerOf(header, next) : pick(this.#roll, OPTIONS4)
    const bytes = Uint8Array.from([...frame.subarray(0, end), ...between, ...frame.subarray(end)])
    if (six) bytes[ETHERNET + 6] = header
    else bytes[ETHERNET] = 0x45 + between.length / 4
    const length = six ? ETHERNET + 4 : ETHERNET + 2
    putU16(bytes, length, u16(bytes, length) + between.length)
    this.#add(bytes, toServer, `${line} behind ${six ? header : `option ${between[0]}`}`)
  }
}

/** An IPv6 header between others, of options that are padding. */
function headerOf(header: number, next: number): readonly number[] {
  if (header === Protocol.authentication) return [next, 2, ...Array<number>(14).fill(0)]
  return [next, 0, 1, 4, 0, 0, 0, 0]
}

/** A frame of IP that ends sooner. */
function cut(frame: Uint8Array, end: number): Uint8Array {
  const bytes = frame.slice(0, end)
  writeDatagramLength(bytes, ETHERNET, end)
  return bytes
}

function damage(bytes: Uint8Array, at: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
}
