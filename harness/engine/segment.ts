import type { PacketBatch } from '../model/batch.ts'
import { Options, Tcp } from '../model/codes.ts'
import { NOP_NOP_TIMESTAMPS } from '../wire/tcp-options.ts'

/** TCP option kinds (IANA registry). */
const Option = {
  end: 0,
  none: 1,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
  authentication: 29,
  fastOpen: 34,
  experiment1: 253,
  experiment2: 254,
} as const
/** Fast Open under an experimental kind (RFC 6994, RFC 7413). */
const FAST_OPEN_MAGIC = 0xf989
/** The largest shift (RFC 7323 2.3); Suricata treats a larger one as 0. */
export const MAX_SCALE = 14

const NO_BYTES = new DataView(new ArrayBuffer(0))

/**
 * The fields of a TCP segment that the engine uses. One object is refilled for each packet. All numbers are signed 32-bit integers, so
 * that none of them is allocated on the heap.
 */
export class Segment {
  flags = 0
  seq = 0
  ack = 0
  /** As sent, unscaled. */
  window = 0
  /** Payload bytes. */
  length = 0
  /** It goes from the flow's client, as this host sees it, to its server. */
  toServer = true
  /** Set during tracking: it was accepted as part of the stream, not passed over. */
  taken = false
  hasTimestamp = false
  stamp = 0
  echo = 0
  /** -1: no window-scale option. */
  scale = -1
  hasSack = false
  hasSackPermitted = false
  /** Asks for or carries a Fast Open cookie. */
  fastOpen = false
  /** Signed with a key that no firewall has (RFC 2385, RFC 5925). */
  signed = false
  /** The number of SACK blocks, and their offset in `view`. */
  sackBlocks = 0
  sackAt = 0
  view: DataView = NO_BYTES
  /** The tracker accepted it into the session, so its payload goes to stream reassembly. */
  delivered = false

  /** Reads packet `index` of a batch, which is TCP, from its columns; only rare options from its bytes. */
  take(batch: PacketBatch, index: number): void {
    this.flags = batch.flags[index] ?? 0
    this.delivered = false
    this.length = batch.payload[index] ?? 0
    this.seq = batch.seq[index] ?? 0
    this.ack = batch.ack[index] ?? 0
    this.window = batch.window[index] ?? 0
    this.hasTimestamp = false
    this.#clearRare()
    const options = batch.options[index] ?? Options.other
    if (options === Options.none) return
    const { view } = batch
    const l4 = batch.l4[index] ?? 0
    if (options === Options.timestamps) {
      this.hasTimestamp = true
      this.stamp = batch.stamp[index] ?? 0
      this.echo = view.getInt32(l4 + 28)
    } else {
      const header = (view.getUint8(l4 + 12) >> 4) << 2
      this.#readOptions(view, l4 + 20, l4 + header, (batch.start[index] ?? 0) + (batch.captured[index] ?? 0))
    }
  }

  /** Reads the header at `l4`; bytes before `end` were captured. */
  read(view: DataView, l4: number, end: number, flags: number, length: number): void {
    this.flags = flags
    this.length = length
    this.delivered = false
    this.seq = view.getInt32(l4 + 4)
    this.ack = view.getInt32(l4 + 8)
    this.window = view.getUint16(l4 + 14)
    this.hasTimestamp = false
    this.#clearRare()
    const header = (view.getUint8(l4 + 12) >> 4) << 2
    if (header === 32 && l4 + 32 <= end && view.getInt32(l4 + 20) === NOP_NOP_TIMESTAMPS) {
      this.hasTimestamp = true
      this.stamp = view.getInt32(l4 + 24)
      this.echo = view.getInt32(l4 + 28)
    } else {
      this.#readOptions(view, l4 + 20, l4 + header, end)
    }
  }

  /** Whether any of these flags is set. */
  has(flags: number): boolean {
    return (this.flags & flags) !== 0
  }

  /** SYN without ACK, FIN or RST: it opens a connection. */
  opens(): boolean {
    return (this.flags & (Tcp.syn | Tcp.ack | Tcp.fin | Tcp.rst)) === Tcp.syn
  }

  /** ACK without SYN, FIN and RST. */
  acknowledges(): boolean {
    return (this.flags & (Tcp.syn | Tcp.ack | Tcp.fin | Tcp.rst)) === Tcp.ack
  }

  /** Left edge of a SACK block; its right edge with `edge` 1. */
  sackEdge(block: number, edge: 0 | 1): number {
    return this.view.getInt32(this.sackAt + block * 8 + edge * 4)
  }

  #clearRare(): void {
    this.scale = -1
    this.hasSack = false
    this.hasSackPermitted = false
    this.fastOpen = false
    this.signed = false
    this.sackBlocks = 0
  }

  /**
   * Reads the options in [from, to); bytes before `captured` were captured. If an option occurs twice, the first counts; options of a wrong
   * length are ignored. If a SYN's window scale may be in the part that was not captured, it is unknown, as for a picked-up session.
   */
  #readOptions(view: DataView, from: number, to: number, captured: number): void {
    const end = Math.min(to, captured)
    if (!this.#walkOptions(view, from, end) && captured < to && this.scale < 0 && this.has(Tcp.syn))
      this.scale = MAX_SCALE
  }

  /** Reads options up to `end`; returns whether an end-of-options option was reached. */
  #walkOptions(view: DataView, from: number, end: number): boolean {
    let at = from
    while (at < end) {
      const kind = view.getUint8(at)
      if (kind === Option.end) return true
      if (kind === Option.none) {
        at++
        continue
      }
      const size = at + 1 < end ? view.getUint8(at + 1) : 0
      if (size < 2 || at + size > end) return false
      this.#readOption(view, at, kind, size)
      at += size
    }
    return false
  }

  #readOption(view: DataView, at: number, kind: number, size: number): void {
    if (kind === Option.timestamps) {
      if (size !== 10 || this.hasTimestamp) return
      this.hasTimestamp = true
      this.stamp = view.getInt32(at + 2)
      this.echo = view.getInt32(at + 6)
    } else if (kind === Option.windowScale) {
      if (size !== 3 || this.scale >= 0) return
      const scale = view.getUint8(at + 2)
      this.scale = scale > MAX_SCALE ? 0 : scale
    } else if (kind === Option.sack) {
      this.#readSack(view, at, size)
    } else if (kind === Option.sackPermitted) {
      if (size === 2) this.hasSackPermitted = true
    } else if (kind === Option.md5) {
      if (size === 18) this.signed = true
    } else if (kind === Option.authentication) {
      if (size >= 4) this.signed = true
    } else if (kind === Option.fastOpen) {
      if (size === 2 || (size >= 4 && size <= 18 && (size & 1) === 0)) this.fastOpen = true
    } else if (kind === Option.experiment1 || kind === Option.experiment2) {
      if ((size === 4 || size === 12) && view.getUint16(at + 2) === FAST_OPEN_MAGIC) this.fastOpen = true
    }
  }

  #readSack(view: DataView, at: number, size: number): void {
    if (this.hasSack || (size !== 2 && (size < 10 || size > 34 || (size - 2) % 8 !== 0))) return
    this.hasSack = true
    this.sackBlocks = (size - 2) >> 3
    this.sackAt = at + 2
    this.view = view
  }
}
