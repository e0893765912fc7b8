import { Tcp } from '../../model/codes.ts'
import { Protocol } from '../../wire/numbers.ts'
import { emitTcp } from '../../wire/tcp.ts'
import { emitTcpOptions, type TcpOptions } from '../../wire/tcp-options.ts'
import type { ConversationFrame, FrameClass } from './conversation.test.ts'
import { type Ends, fragmentsOf, frameOf } from './frames.test.ts'
import { chance, type Roll, word } from './random.test.ts'

/** One end of a connection: what it has sent and what it has received. */
export interface End {
  isn: number
  /** The sequence number that it sends next. */
  next: number
  /** The sequence number that it expects from its peer, which is what it acknowledges. */
  expects: number
  /** As in its headers. */
  window: number
  /** By how much that is shifted once the handshake is over. */
  scale: number
}

/** What differs from what the sender would send by itself. */
export interface Say {
  readonly length?: number
  readonly seq?: number
  readonly ack?: number
  readonly window?: number
  readonly stamp?: number
  readonly echo?: number
  /** Options beside timestamps. */
  readonly options?: TcpOptions
  /** Options as they are on the wire, before the others. */
  readonly raw?: readonly number[]
  readonly plain?: boolean
  readonly kind?: FrameClass
}

const LETTERS = [
  [Tcp.syn, 'S'],
  [Tcp.fin, 'F'],
  [Tcp.rst, 'R'],
  [Tcp.psh, 'P'],
  [Tcp.ack, 'A'],
  [Tcp.urg, 'U'],
  [Tcp.ece, 'E'],
  [Tcp.cwr, 'C'],
] as const

/** A conversation as it is being made: a clock, two ends, and what was sent so far. */
export class Talk {
  readonly frames: ConversationFrame[] = []
  readonly roll: Roll
  readonly ends: Ends
  readonly clientPort: number
  readonly serverPort: number
  client: End
  server: End
  /** Both use timestamps, SACK. */
  stamps = false
  sack = false
  /** Nanoseconds. */
  now = 0
  /** The next frame's class, if it would be in order. */
  afterGap = false
  #fragmentId = 0

  constructor(roll: Roll, ends: Ends, serverPort: number) {
    this.roll = roll
    this.ends = ends
    this.clientPort = 32_768 + roll(28_000)
    this.serverPort = serverPort
    this.client = freshEnd(roll)
    this.server = freshEnd(roll)
    this.now = roll(1_000_000_000)
  }

  end(toServer: boolean): End {
    return toServer ? this.client : this.server
  }

  peer(toServer: boolean): End {
    return toServer ? this.server : this.client
  }

  /** Both ends begin anew, as a reconnect from the same port does. */
  renew(): void {
    this.client = freshEnd(this.roll)
    this.server = freshEnd(this.roll)
  }

  /** Milliseconds pass. */
  pass(milliseconds: number): void {
    this.now += milliseconds * 1_000_000
  }

  /** The sender sends what comes next; its peer gets it. */
  send(toServer: boolean, flags: number, say: Say = {}): void {
    this.forge(toServer, flags, say)
    this.skip(toServer, flags, say.length ?? 0)
  }

  /** As `send`, but nothing of it is seen here. */
  skip(toServer: boolean, flags: number, length: number): void {
    const end = this.end(toServer)
    end.next = (end.next + length + count(flags & Tcp.syn) + count(flags & Tcp.fin)) >>> 0
    this.peer(toServer).expects = end.next
  }

  /** A segment that changes nothing at either end. */
  forge(toServer: boolean, flags: number, say: Say = {}): void {
    const { seq, ack, window, length = 0 } = this.#numbers(toServer, flags, say)
    const options = this.#options(toServer, flags, say)
    const segment = new Uint8Array(20 + options.length + length)
    const ports = toServer ? [this.clientPort, this.serverPort] : [this.serverPort, this.clientPort]
    const [sourcePort = 0, destinationPort = 0] = ports
    const fixed = { sourcePort, destinationPort, reserved: 0, urgent: flags & Tcp.urg ? 1 : 0 }
    const payload = emitTcp({ ...fixed, seq, ack, flags, window, options }, segment, 0)
    segment.fill(0x78, payload)
    this.put(toServer, Protocol.tcp, segment, this.#line(toServer, flags, say), say.kind ?? 'in-order')
  }

  /** A transport segment goes on the wire, now and then in fragments. */
  put(toServer: boolean, protocol: number, segment: Uint8Array, line: string, kind: FrameClass): void {
    const whole = frameOf(this.ends, toServer, protocol, segment)
    const way = toServer ? '>' : '<'
    const as = kind === 'in-order' && this.afterGap ? 'gap' : kind
    this.afterGap = false
    if (segment.length > 64 && chance(this.roll, 3)) {
      this.#fragmentId++
      for (const bytes of fragmentsOf(this.ends, toServer, whole, this.#fragmentId))
        this.#add(bytes, toServer, `${way} fragment of ${line}`, 'fragment')
    } else this.#add(whole, toServer, `${way} ${line}`, as)
  }

  #add(bytes: Uint8Array, toServer: boolean, line: string, kind: FrameClass): void {
    this.frames.push({ time: this.now, bytes, toServer, line, kind })
    this.now += 100_000 + this.roll(20_000_000)
  }

  #numbers(toServer: boolean, flags: number, say: Say) {
    const end = this.end(toServer)
    const acknowledges = (flags & Tcp.ack) !== 0
    return {
      seq: (say.seq ?? end.next) >>> 0,
      ack: (say.ack ?? (acknowledges ? end.expects : 0)) >>> 0,
      window: say.window ?? end.window,
      length: say.length ?? 0,
    }
  }

  #options(toServer: boolean, flags: number, say: Say): Uint8Array {
    const raw = say.raw ?? []
    const offered = (flags & Tcp.syn) !== 0 && say.options !== undefined
    const stamped = say.stamp !== undefined || (this.stamps && !offered && say.plain !== true)
    const value = say.stamp ?? this.stamp(toServer)
    const echo = say.echo ?? this.stamp(!toServer)
    const stamps = stamped ? { timestamps: { value: value >>> 0, echo: echo >>> 0 } } : {}
    const rest = emitTcpOptions({ ...stamps, ...say.options })
    const padding = (4 - (raw.length % 4)) % 4
    return Uint8Array.from([...raw, ...Array<number>(padding).fill(1), ...rest])
  }

  /** The timestamp clock of a side, in milliseconds from somewhere. */
  stamp(toServer: boolean): number {
    return (this.end(toServer).isn + Math.floor(this.now / 1e6)) >>> 0
  }

  #line(toServer: boolean, flags: number, say: Say): string {
    const { seq, ack, window, length } = this.#numbers(toServer, flags, say)
    const letters = LETTERS.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter)
    const words = [letters.join('') || '.', (seq - this.end(toServer).isn) | 0]
    if ((flags & Tcp.ack) !== 0) words.push((ack - this.peer(toServer).isn) | 0)
    if (length > 0) words.push(`len=${length}`)
    words.push(`win=${window}`)
    if (say.stamp !== undefined || this.stamps) words.push(`ts=${say.stamp ?? this.stamp(toServer)}`)
    return words.join(' ')
  }
}

function freshEnd(roll: Roll): End {
  const isn = word(roll)
  return { isn, next: isn, expects: 0, window: 20_000 + roll(45_000), scale: 0 }
}

function count(bit: number): number {
  return bit === 0 ? 0 : 1
}
