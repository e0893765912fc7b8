import type { Nanos } from '../../model/batch.ts'
import { Direction } from '../../model/codes.ts'
import { u32 } from '../../wire/bytes.ts'
import { CHUNK_HEADER, Chunk, INIT_BODY, nextChunk, SCTP_HEADER, TAG_REFLECTED } from '../../wire/sctp.ts'
import { isToServer } from '../entry.ts'
import { Family } from '../expiry.ts'
import { Flag, STATE_MASK, withState } from '../record.ts'
import type { SessionTable } from '../table.ts'
import { bitOf, chunkTypes, isChunk } from './chunks.ts'
import { isAlive, liveFor } from './lifetime.ts'
import { SCTP_BITS, SCTP_TAG, Status } from './record.ts'
import { nextSctpState, SCTP_INVALID, SctpState } from './sctp-states.ts'
import { Ct } from './tracker.ts'

/** An INIT of that direction was seen, and no association has come of it yet; two bits. */
const INIT_SEEN = 1
/** A HEARTBEAT came with another tag: its acknowledgement may show that both sides now use other tags. */
const DOUBTED = 4
/** That HEARTBEAT was in the reply direction. */
const DOUBTED_BY_REPLY = 8

/** Chunks that create no entry: they end an association, or answer a chunk that was not seen (RFC 9260 8.4). */
const NO_OPENING = bitOf(Chunk.abort) | bitOf(Chunk.shutdownComplete) | bitOf(Chunk.cookieAck)
/** Packets with one of these may carry another tag than others of their direction; which one depends on the chunk. */
const OWN_TAG =
  bitOf(Chunk.init) |
  bitOf(Chunk.shutdownComplete) |
  bitOf(Chunk.cookieEcho) |
  bitOf(Chunk.abort) |
  bitOf(Chunk.shutdownAck) |
  bitOf(Chunk.heartbeat) |
  bitOf(Chunk.heartbeatAck)
const DATA = bitOf(Chunk.data)
const NOTHING = new Uint8Array(0)

/** Tracks SCTP associations as Linux does (nf_conntrack_proto_sctp.c, 6.18). */
export class SctpTracker {
  /** Nanoseconds, indexed by `SctpState`. */
  readonly #timeouts: Float64Array
  /** The packet that is tracked: its SCTP header at `#l4`, its captured end, its tag, and the types of its chunks as bits. */
  #bytes: Uint8Array = NOTHING
  #l4 = 0
  #end = 0
  #tag = 0
  #types = 0
  /** Its entry meanwhile; what is kept of it is written back. */
  readonly #tags = new Int32Array(2)
  #bits = 0
  #state: number = SctpState.none
  /** The state whose time-out the packet starts. */
  #timed: number = SctpState.none
  /** The packet is let through, but does not refresh the entry. */
  #idle = false

  constructor(timeouts: Float64Array) {
    this.#timeouts = timeouts
  }

  /** Returns a `Ct`, and updates the entry at `base` for the packet at `l4`, captured up to `end`. */
  track(
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    bytes: Uint8Array,
    l4: number,
    end: number,
  ): number {
    this.#types = chunkTypes(bytes, l4, end)
    if (this.#types < 0) return Ct.invalid
    this.#bytes = bytes
    this.#l4 = l4
    this.#end = end
    this.#tag = u32(bytes, l4 + 4) | 0
    if (!isAlive(table, base, now)) return this.#open(table, base, direction, now)
    const { words } = table
    const head = words[base] ?? 0
    const from = isToServer(head, direction) ? 0 : 1
    this.#tags[0] = words[base + SCTP_TAG] ?? 0
    this.#tags[1] = words[base + SCTP_TAG + 1] ?? 0
    this.#bits = words[base + SCTP_BITS] ?? 0
    this.#state = head & STATE_MASK
    const valid = this.#take(from, false)
    // A packet that turns out to be invalid midway still has its effect up to there.
    this.#keep(table, base)
    if (!valid) return Ct.invalid
    if (!this.#idle) liveFor(table, base, now, this.#timeouts[this.#timed] ?? 0)
    if (from === 1) words[base] = (words[base] ?? 0) | Status.seenReply
    return from === 1 || (head & Status.seenReply) !== 0 ? Ct.established : Ct.unanswered
  }

  #keep(table: SessionTable, base: number): void {
    const { words } = table
    const head = words[base] ?? 0
    const assured = this.#state === SctpState.established && (head & STATE_MASK) !== this.#state
    words[base] = withState(head, this.#state) | (assured ? Status.assured : 0)
    words[base + SCTP_TAG] = this.#tags[0] ?? 0
    words[base + SCTP_TAG + 1] = this.#tags[1] ?? 0
    words[base + SCTP_BITS] = this.#bits
  }

  /** A flow without entry: its sender becomes the original direction. */
  #open(table: SessionTable, base: number, direction: number, now: Nanos): number {
    this.#tags.fill(0)
    this.#bits = 0
    this.#state = SctpState.none
    if ((this.#types & NO_OPENING) !== 0 || !this.#begin() || !this.#take(0, true)) return Ct.invalid
    if (table.isAbsent(base) && !table.admits(base, now)) return Ct.full
    const flipped = direction === Direction.s2c ? Flag.flipped : 0
    table.open(base, withState(flipped, this.#state), Family.sctp, now)
    this.#keep(table, base)
    liveFor(table, base, now, this.#timeouts[this.#timed] ?? 0)
    return Ct.fresh
  }

  /** Whether every chunk may create an entry; sets the entry's first tag. */
  #begin(): boolean {
    const bytes = this.#bytes
    const end = this.#end
    const tag = this.#tag
    for (let at = this.#l4 + SCTP_HEADER; isChunk(at, end); at = nextChunk(bytes, at)) {
      const type = bytes[at] ?? 0
      if (nextSctpState(0, type, SctpState.none) === SctpState.none) return false
      if (type === Chunk.init) {
        if (tag !== 0 || !hasInit(at, end)) return false
        this.#tags[1] = initTag(bytes, at)
      } else if (type === Chunk.heartbeat) this.#tags[0] = tag
      else if (type === Chunk.shutdownAck) this.#tags[1] = tag
    }
    return true
  }

  /** Tracks the chunks of a packet; returns false if it is invalid. */
  #take(from: number, isFresh: boolean): boolean {
    const bytes = this.#bytes
    const end = this.#end
    const tag = this.#tag
    const types = this.#types
    this.#idle = false
    this.#timed = SctpState.none
    if ((types & OWN_TAG) === 0 && tag !== this.#tags[from]) return false
    for (let at = this.#l4 + SCTP_HEADER; isChunk(at, end); at = nextChunk(bytes, at)) {
      const type = bytes[at] ?? 0
      if (type === Chunk.heartbeat || type === Chunk.heartbeatAck) {
        const isKnown = this.#tags[from] === 0 || tag === this.#tags[from]
        if (!isKnown && (this.#idle || (types & DATA) !== 0)) return false
        if (isKnown) this.#settle(from)
        else if (type === Chunk.heartbeatAck) {
          if (!this.#rename(from)) return false
        } else {
          this.#bits = (this.#bits & ~DOUBTED_BY_REPLY) | DOUBTED | (from === 1 ? DOUBTED_BY_REPLY : 0)
          this.#idle = true
          continue
        }
      } else if (!this.#fits(from, type, bytes[at + 1] ?? 0)) return false
      if (type === Chunk.cookieAck) this.#bits &= ~(INIT_SEEN | (INIT_SEEN << 1))
      const before = this.#state
      const next = nextSctpState(from, type, before)
      if (next === SCTP_INVALID) return false
      if (type === Chunk.init || type === Chunk.initAck) {
        if (!hasInit(at, end) || !this.#name(from, type, initTag(bytes, at), isFresh)) return false
        // An INIT repeated without an answer does not refresh the entry.
        const again = type === Chunk.init && before === SctpState.closed && next === SctpState.closed
        if (again && !isFresh) this.#idle = true
      }
      this.#state = next
      this.#timed = next
    }
    return true
  }

  /** Whether a chunk other than HEARTBEAT and HEARTBEAT ACK may carry the packet's tag (RFC 9260 8.5.1). */
  #fits(from: number, type: number, flags: number): boolean {
    const tag = this.#tag
    if (type === Chunk.init) return tag === 0
    if (type === Chunk.cookieEcho) return tag === this.#tags[from]
    if (type !== Chunk.abort && type !== Chunk.shutdownComplete) return true
    return tag === this.#tags[(flags & TAG_REFLECTED) === 0 ? from : 1 - from]
  }

  /** Handles a HEARTBEAT or HEARTBEAT ACK whose tag is that of its direction, or becomes it. */
  #settle(from: number): void {
    if (this.#tags[from] === 0) this.#tags[from] = this.#tag
    else this.#bits &= ~DOUBTED
  }

  /** A HEARTBEAT ACK with another tag answers a HEARTBEAT with another tag: its direction uses its tag from now on; false: none came. */
  #rename(from: number): boolean {
    const byReply = (this.#bits & DOUBTED_BY_REPLY) !== 0
    if ((this.#bits & DOUBTED) === 0 || byReply === (from === 1)) return false
    this.#bits &= ~DOUBTED
    this.#tags[from] = this.#tag
    this.#tags[1 - from] = 0
    return true
  }

  /** Sets the tag by which the sender of an INIT or INIT ACK is addressed; false: it asks for another one than before (RFC 9260 5.2.1). */
  #name(from: number, type: number, tag: number, isFresh: boolean): boolean {
    const own = INIT_SEEN << from
    const peers = INIT_SEEN << (1 - from)
    const called = this.#tags[1 - from]
    if (type === Chunk.init) {
      // A repetition is no new attempt.
      if (called === tag && !isFresh) return true
      if ((this.#bits & own) !== 0) this.#bits &= ~peers
      this.#bits |= own
    } else {
      const answers = (this.#bits & peers) !== 0
      const collides = answers && (this.#bits & own) !== 0
      if (called !== tag && (collides || (!answers && called !== 0))) return false
    }
    this.#tags[1 - from] = tag
    return true
  }
}

function hasInit(at: number, end: number): boolean {
  return at + CHUNK_HEADER + INIT_BODY <= end
}

function initTag(bytes: Uint8Array, at: number): number {
  return u32(bytes, at + CHUNK_HEADER) | 0
}
