import { Tcp } from '../../harness/model/codes.ts'
import type { Endpoints } from './endpoints.ts'
import type { FrameForge, SegmentNumbers } from './forge.ts'
import type { PayloadPool } from './payload.ts'
import type { Conversation, Wire } from './wire.ts'

const OPENING = 3
const CLOSING = 3
const FULL_SEGMENT = 1448
/** VLAN tags and IPv6 headers come on top of a full segment and must stay within an Ethernet frame. */
const LARGEST_SEGMENT = 1424
/** Bytes at most of the segment that ends an answer. */
const LARGEST_LAST = 1100
/** Frames that a conversation needs at least: opening, a request, its answer, closing. */
export const SHORTEST = OPENING + 2 + CLOSING

/** What goes wrong on purpose. */
export interface Faults {
  /** The opening was not recorded. */
  readonly midstream: boolean
  /** In 1000 frames between opening and closing, how many are out of window, acknowledge too much, or reset or finish astray. */
  readonly perMille: number
}

/** A TCP conversation: opening, requests and answers that are acknowledged, closing by the client. */
export class TcpConversation implements Conversation {
  left: number
  readonly #forge: FrameForge
  readonly #pool: PayloadPool
  readonly #ends: Endpoints
  readonly #faults: Faults
  readonly #numbers: SegmentNumbers = { seq: 0, ack: 0, flags: 0, timestamp: 0, echo: 0 }
  /** Next sequence number and latest timestamp of the client [0] and of the server [1]. */
  readonly #next: [number, number]
  readonly #timestamp: [number, number] = [0, 0]
  #opened = 0
  /** Segments of the answer to come; 0: the client asks next. */
  #answer = 0
  #acknowledge = false

  constructor(
    forge: FrameForge,
    pool: PayloadPool,
    ends: Endpoints,
    frames: number,
    faults: Faults,
    random: () => number,
  ) {
    this.#forge = forge
    this.#pool = pool
    this.#ends = ends
    this.left = frames
    this.#faults = faults
    this.#next = [random(), random()]
    if (faults.midstream) this.#opened = OPENING
  }

  step(wire: Wire): void {
    if (this.#opened < OPENING) this.#open(wire)
    else if (this.left <= CLOSING) this.#close(wire)
    else if (wire.random() % 1000 < this.#faults.perMille) this.#stray(wire)
    else this.#talk(wire)
    this.left--
  }

  #open(wire: Wire): void {
    const step = this.#opened++
    if (step === 0) this.#send(wire, 0, Tcp.syn, 0)
    else if (step === 1) this.#send(wire, 1, Tcp.syn | Tcp.ack, 0)
    else this.#send(wire, 0, Tcp.ack, 0)
  }

  #talk(wire: Wire): void {
    const number = wire.random()
    if (this.#acknowledge) {
      this.#acknowledge = false
      this.#send(wire, 0, Tcp.ack, 0)
    } else if (this.#answer === 0) {
      this.#answer = 1 + (number % 4)
      this.#send(wire, 0, Tcp.psh | Tcp.ack, 40 + (number % 560))
    } else {
      this.#answer--
      this.#acknowledge = true
      if (this.#answer > 0) this.#send(wire, 1, Tcp.ack, this.#fullSegment())
      else this.#send(wire, 1, Tcp.psh | Tcp.ack, 1 + (number % LARGEST_LAST))
    }
  }

  #close(wire: Wire): void {
    if (this.left === 3) this.#send(wire, 0, Tcp.fin | Tcp.ack, 0)
    else if (this.left === 2) this.#send(wire, 1, Tcp.fin | Tcp.ack, 0)
    else this.#send(wire, 0, Tcp.ack, 0)
  }

  /** A segment that neither end can have sent, and that changes nothing. */
  #stray(wire: Wire): void {
    const side = wire.random() & 1
    const far = 0x2000_0000
    const fault = wire.random() % 4
    if (fault === 0) this.#emit(wire, side, Tcp.psh | Tcp.ack, 100, far, 0)
    else if (fault === 1) this.#emit(wire, side, Tcp.ack, 0, 0, far)
    else if (fault === 2) this.#emit(wire, side, Tcp.rst | Tcp.ack, 0, far, 0)
    else this.#emit(wire, side, Tcp.fin | Tcp.ack, 0, far, 0)
  }

  /** The next segment of a side, 0 the client's. */
  #send(wire: Wire, side: number, flags: number, size: number): void {
    this.#emit(wire, side, flags, size, 0, 0)
    const counted = size + ((flags & (Tcp.syn | Tcp.fin)) === 0 ? 0 : 1)
    this.#next[side === 0 ? 0 : 1] = ((this.#next[side] ?? 0) + counted) >>> 0
  }

  /** A segment whose numbers are off by so much from what they should be. */
  #emit(wire: Wire, side: number, flags: number, size: number, offSeq: number, offAck: number): void {
    const numbers = this.#numbers
    const other = 1 - side
    this.#timestamp[side === 0 ? 0 : 1] = 1 + Math.floor(wire.now / 1e6)
    numbers.seq = ((this.#next[side] ?? 0) + offSeq) >>> 0
    numbers.ack = (flags & Tcp.ack) === 0 ? 0 : ((this.#next[other] ?? 0) + offAck) >>> 0
    numbers.flags = flags
    numbers.timestamp = this.#timestamp[side] ?? 0
    numbers.echo = this.#timestamp[other] ?? 0
    const payload = size === 0 ? 0 : this.#pool.place(wire.random(), size)
    this.#forge.tcp(this.#ends, side === 0, numbers, (flags & Tcp.syn) !== 0, payload, size)
    wire.send(this.#forge.bytes, this.#forge.length)
  }

  #fullSegment(): number {
    return this.#ends.ipv6 || this.#ends.vlan > 0 ? LARGEST_SEGMENT : FULL_SEGMENT
  }
}
