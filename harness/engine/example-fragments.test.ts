import { putU16, putU32 } from '../wire/bytes.ts'
import { join8 } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'

/** A part of a datagram as it goes on the wire. */
export interface Part {
  readonly from: number
  readonly to: number
  readonly more: boolean
  /** Taken from the forged datagram, which says something else. */
  readonly forged?: boolean
}

/** Where the segment begins in an IP packet without options and extension headers. */
export function headerOf(packet: Uint8Array): number {
  return (packet[0] ?? 0) >> 4 === 6 ? 40 : 20
}

/** One fragment: the packet's header, with that part of the segment. `chain`: extension headers before the fragment header. */
export function cut(
  packet: Uint8Array,
  { from, to, more }: Part,
  id: number,
  chain = new Uint8Array(0),
): Uint8Array {
  const header = headerOf(packet)
  const data = packet.subarray(header + from, header + to)
  if (header === 20) {
    const bytes = join8(packet.subarray(0, 20), data)
    putU16(bytes, 2, bytes.length)
    putU16(bytes, 4, id)
    putU16(bytes, 6, (from >> 3) | (more ? 0x2000 : 0))
    return bytes
  }
  const fragmentHeader = new Uint8Array(8)
  fragmentHeader[0] = packet[6] ?? 0
  putU16(fragmentHeader, 2, from | (more ? 1 : 0))
  putU32(fragmentHeader, 4, id)
  const bytes = join8(packet.subarray(0, 40), chain, fragmentHeader, data)
  putU16(bytes, 4, bytes.length - 40)
  bytes[6] = chain.length > 0 ? Protocol.destination : Protocol.fragment
  if (chain.length > 0) bytes[40 + chain.length - 8] = Protocol.fragment
  return bytes
}
