import { ipProtocol } from '../../flow/transport.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import { addressLength, destinationAt, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'

/** The fields of a packet that stateless rules use. One object, refilled for each packet. */
export class StatelessSubject {
  bytes: Uint8Array = new Uint8Array(0)
  /** Offsets of the addresses, and their length: 4 or 16. */
  source = 0
  destination = 0
  addressSize = 4
  protocol = 0
  isFragment = false
  /** -1: none, or not in this fragment. */
  sourcePort = -1
  destinationPort = -1
  flags = -1

  /** Reads packet `i`; returns false if it is not IP, or too damaged to read. */
  read(batch: PacketBatch, i: number): boolean {
    const { bytes } = batch
    const kind = batch.kind[i] ?? Kind.other
    const l3 = batch.l3[i] ?? -1
    const l4 = batch.l4[i] ?? -1
    if (l3 < 0 || kind === Kind.malformed) return false
    this.bytes = bytes
    this.source = sourceAt(bytes, l3)
    this.destination = destinationAt(bytes, l3)
    this.addressSize = addressLength(bytes, l3)
    this.isFragment = kind === Kind.fragment4 || kind === Kind.fragment6
    this.protocol =
      PROTOCOL_OF_KIND[kind] ?? protocolOf(bytes, l3, (batch.start[i] ?? 0) + (batch.captured[i] ?? 0), kind)
    const ports = l4 >= 0 && (this.protocol === Protocol.tcp || this.protocol === Protocol.udp)
    this.sourcePort = ports ? u16(bytes, l4) : -1
    this.destinationPort = ports ? u16(bytes, l4 + 2) : -1
    this.flags = ports && this.protocol === Protocol.tcp ? (batch.flags[i] ?? 0) : -1
    return true
  }
}

const PROTOCOL_OF_KIND: Readonly<Record<number, number>> = {
  [Kind.tcp4]: Protocol.tcp,
  [Kind.tcp6]: Protocol.tcp,
  [Kind.udp4]: Protocol.udp,
  [Kind.udp6]: Protocol.udp,
  [Kind.icmp4]: Protocol.icmp,
  [Kind.icmp6]: Protocol.icmp6,
}

/** The IP protocol; for IPv6 that after the extension headers, including the fragment header. */
function protocolOf(bytes: Uint8Array, l3: number, end: number, kind: number): number {
  return kind === Kind.fragment4 ? (bytes[l3 + 9] ?? 0) : ipProtocol(bytes, l3, end)
}
