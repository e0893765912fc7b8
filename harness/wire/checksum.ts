import { putU16, u8 } from './bytes.ts'
import { isIpv6 } from './ip.ts'
import { Protocol } from './numbers.ts'

/** Sum of the big-endian 16-bit words of bytes[from, to), an odd last byte padded with zero; not yet folded. */
export function sumWords(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0
  const even = to - ((to - from) & 1)
  for (let at = from; at < even; at += 2) sum += (u8(bytes, at) << 8) | u8(bytes, at + 1)
  return even < to ? sum + (u8(bytes, even) << 8) : sum
}

/** Folds a sum to the one's complement sum in 16 bits. */
export function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return folded
}

/** The internet checksum (RFC 1071) of bytes[from, to): 0 if they include a correct one. */
export function checksum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return ~fold(sumWords(bytes, from, to)) & 0xffff
}

/** The checksum after covered words that summed to `before` were replaced by words that sum to `after` (RFC 1624, eqn 3). */
export function updateChecksum(old: number, before: number, after: number): number {
  // For all zeros only 0xffff is correct.
  if (before === after) return old
  return ~fold((~old & 0xffff) + (~fold(before) & 0xffff) + fold(after)) & 0xffff
}

/** Sum of the source and destination address of the IP header at `l3`. */
export function sumAddresses(bytes: Uint8Array, l3: number): number {
  return isIpv6(bytes, l3) ? sumWords(bytes, l3 + 8, l3 + 40) : sumWords(bytes, l3 + 12, l3 + 20)
}

/**
 * The checksum of the transport segment bytes[l4, stop) under the IP header at `l3`, with the pseudo-header of RFC 9293 3.1
 * or RFC 8200 8.1 (none for ICMPv4): 0 if the segment includes a correct one. It covers the segment as far as `covered`, an offset.
 */
export function transportChecksum(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  stop: number,
  protocol: number,
  covered = stop,
): number {
  const pseudo = protocol === Protocol.icmp ? 0 : sumAddresses(bytes, l3) + protocol + stop - l4
  return ~fold(pseudo + sumWords(bytes, l4, covered)) & 0xffff
}

/** Offset of the checksum within a TCP, UDP, UDP-Lite or ICMP header. */
export function checksumField(protocol: number): number {
  if (protocol === Protocol.tcp) return 16
  return protocol === Protocol.udp || protocol === Protocol.udpLite ? 6 : 2
}

/** Computes and writes the checksum of the transport segment bytes[l4, stop). */
export function writeTransportChecksum(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  stop: number,
  protocol: number,
): void {
  const field = l4 + checksumField(protocol)
  putU16(bytes, field, 0)
  const value = transportChecksum(bytes, l3, l4, stop, protocol)
  putU16(bytes, field, protocol === Protocol.udp && value === 0 ? 0xffff : value)
}

/** Computes and writes the checksum of the IPv4 header at `l3`. */
export function writeIpv4Checksum(bytes: Uint8Array, l3: number): void {
  putU16(bytes, l3 + 10, 0)
  putU16(bytes, l3 + 10, checksum(bytes, l3, l3 + ((u8(bytes, l3) & 15) << 2)))
}
