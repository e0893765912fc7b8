import { Tcp } from '../model/codes.ts'

/** TCP option kinds (IANA registry). */
const Option = { end: 0, none: 1, windowScale: 3, sack: 5, timestamps: 8 } as const
/** The layout that nearly every data packet has: two fillers, then the timestamps option. */
export const NOP_NOP_TIMESTAMPS = 0x0101080a

/** No shift larger is used (RFC 7323 2.3). */
export const MAX_SCALE = 14

/**
 * What the engine looks at in a TCP segment. One object is filled again for each packet; every number is a 32-bit integer
 * with sign, so that none of them needs memory.
 */
export class Segment {
  flags = 0
  seq = 0
  ack = 0
  /** As sent, unscaled. */
  window = 0
  /** Payload bytes. */
  length = 0
  /** Goes from the flow's client, as this host sees it, to its server. */
  toServer = true
  hasTimestamp = false
  stamp = 0
  echo = 0
  /** -1: no window-scale option. */
  scale = -1
  hasSack = false

  /** Reads the header at `l4`, of which the bytes before `end` were captured. */
  read(view: DataView, l4: number, end: number, flags: number, length: number): void {
    this.flags = flags
    this.length = length
    this.seq = view.getInt32(l4 + 4)
    this.ack = view.getInt32(l4 + 8)
    this.window = view.getUint16(l4 + 14)
    const header = (view.getUint8(l4 + 12) >> 4) << 2
    if (header === 32 && l4 + 32 <= end && view.getInt32(l4 + 20) === NOP_NOP_TIMESTAMPS) {
      this.hasTimestamp = true
      this.stamp = view.getInt32(l4 + 24)
      this.echo = view.getInt32(l4 + 28)
      this.scale = -1
      this.hasSack = false
    } else {
      this.#readOptions(view, l4 + 20, Math.min(l4 + header, end))
    }
  }

  /** Any of these flags is set. */
  has(flags: number): boolean {
    return (this.flags & flags) !== 0
  }

  /** SYN without ACK, FIN or RST: somebody opens a connection. */
  opens(): boolean {
    return (this.flags & (Tcp.syn | Tcp.ack | Tcp.fin | Tcp.rst)) === Tcp.syn
  }

  /** ACK, and none of SYN, FIN and RST. */
  acknowledges(): boolean {
    return (this.flags & (Tcp.syn | Tcp.ack | Tcp.fin | Tcp.rst)) === Tcp.ack
  }

  #readOptions(view: DataView, from: number, end: number): void {
    this.hasTimestamp = false
    this.scale = -1
    this.hasSack = false
    let at = from
    while (at < end) {
      const kind = view.getUint8(at)
      if (kind === Option.end) return
      if (kind === Option.none) {
        at++
        continue
      }
      const size = at + 1 < end ? view.getUint8(at + 1) : 0
      if (size < 2 || at + size > end) return
      if (kind === Option.timestamps && size === 10) {
        this.hasTimestamp = true
        this.stamp = view.getInt32(at + 2)
        this.echo = view.getInt32(at + 6)
      } else if (kind === Option.windowScale && size === 3) {
        this.scale = Math.min(view.getUint8(at + 2), MAX_SCALE)
      } else if (kind === Option.sack) {
        this.hasSack = true
      }
      at += size
    }
  }
}
