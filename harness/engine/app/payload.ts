import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'

const UDP_HEADER = 8

/** Where the payload of a packet is, and the header fields that the application layer needs. One object, refilled for each packet. */
export class Payload {
  bytes: Uint8Array = new Uint8Array(0)
  from = 0
  /** The end of its captured bytes. */
  to = 0
  /** According to the IP length; `to - from` is less if the capture truncated the packet. */
  length = 0
  /** TCP: sequence number of the first byte, as a signed 32-bit integer, and flags. */
  seq = 0
  flags = 0
  #l4 = 0

  /** Reads a TCP or UDP packet, or the datagram that its fragment completed. */
  read(batch: PacketBatch, cause: number | Rebuilt): void {
    const whole = typeof cause !== 'number'
    const kind = whole ? cause.kind : (batch.kind[cause] ?? Kind.other)
    const end = whole ? cause.bytes.length : (batch.start[cause] ?? 0) + (batch.captured[cause] ?? 0)
    const l4 = whole ? cause.l4 : (batch.l4[cause] ?? 0)
    this.bytes = whole ? cause.bytes : batch.bytes
    this.#l4 = l4
    this.length = whole ? cause.payload : (batch.payload[cause] ?? 0)
    this.flags = whole ? cause.flags : (batch.flags[cause] ?? 0)
    const isTcp = kind === Kind.tcp4 || kind === Kind.tcp6
    const header = isTcp ? ((this.bytes[l4 + 12] ?? 0) >> 4) << 2 : UDP_HEADER
    this.seq = isTcp ? (this.#u16(l4 + 4) << 16) | this.#u16(l4 + 6) : 0
    this.from = Math.min(l4 + header, end)
    this.to = Math.min(this.from + this.length, end)
  }

  /** The port of the flow's server. */
  serverPort(toServer: boolean): number {
    return this.#u16(toServer ? this.#l4 + 2 : this.#l4)
  }

  #u16(at: number): number {
    return ((this.bytes[at] ?? 0) << 8) | (this.bytes[at + 1] ?? 0)
  }
}
