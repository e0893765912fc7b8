import type { PacketBatch } from '../model/batch.ts'
import { Kind, Tcp } from '../model/codes.ts'
import { u16, u32 } from '../wire/bytes.ts'
import { findTcpOption, TcpOption } from '../wire/tcp-options.ts'

/** The TCP header of a packet of a batch, or of the datagram that the packet completes. */
export class TcpView {
  flags = 0
  payload = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #l4 = 0
  #end = 0

  /** Refers to packet `index`; returns false if it is no TCP segment. Valid as long as the batch. */
  look(batch: PacketBatch, index: number): boolean {
    const kind = batch.kind[index]
    if (kind === Kind.tcp4 || kind === Kind.tcp6) {
      this.flags = batch.flags[index] ?? 0
      this.payload = batch.payload[index] ?? 0
      this.#bytes = batch.bytes
      this.#l4 = batch.l4[index] ?? 0
      this.#end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
      return true
    }
    if (kind !== Kind.fragment4 && kind !== Kind.fragment6) return false
    const whole = batch.rebuilt.find((datagram) => datagram.index === index)
    if (whole === undefined || (whole.kind !== Kind.tcp4 && whole.kind !== Kind.tcp6)) return false
    this.flags = whole.flags
    this.payload = whole.payload
    this.#bytes = whole.bytes
    this.#l4 = whole.l4
    this.#end = whole.bytes.length
    return true
  }

  /** Whether any of these flags is set. */
  has(flags: number): boolean {
    return (this.flags & flags) !== 0
  }

  get seq(): number {
    return u32(this.#bytes, this.#l4 + 4)
  }

  get ack(): number {
    return u32(this.#bytes, this.#l4 + 8)
  }

  /** As in the header, unscaled. */
  get window(): number {
    return u16(this.#bytes, this.#l4 + 14)
  }

  /** The sequence space of the segment: payload, SYN and FIN. */
  get length(): number {
    return this.payload + (this.has(Tcp.syn) ? 1 : 0) + (this.has(Tcp.fin) ? 1 : 0)
  }

  get timestamp(): { readonly value: number; readonly echo: number } | undefined {
    const at = findTcpOption(this.#bytes, this.#l4, this.#end, TcpOption.timestamps)
    if (at < 0) return undefined
    return { value: u32(this.#bytes, at + 2), echo: u32(this.#bytes, at + 6) }
  }
}
