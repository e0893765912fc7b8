import type { PacketBatch } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { findFragmentHeader } from '../../wire/ipv6.ts'

/** Mixes a 32-bit number so that every bit affects all others (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * A hash of a connection: addresses, protocol and, for TCP and UDP, ports; the same in both directions. Cisco's own hash is
 * not published.
 */
export function connectionHash(packets: PacketBatch, index: number): number {
  const { bytes } = packets
  const l3 = packets.l3[index] ?? -1
  if (l3 < 0) return 0
  const kind = packets.kind[index] ?? Kind.other
  const l4 = kind >= Kind.tcp4 && kind <= Kind.udp6 ? (packets.l4[index] ?? -1) : -1
  const length = addressLength(bytes, l3)
  const source = endHash(bytes, sourceAt(bytes, l3), length, l4 < 0 ? 0 : u16(bytes, l4))
  const destination = endHash(bytes, destinationAt(bytes, l3), length, l4 < 0 ? 0 : u16(bytes, l4 + 2))
  // A sum does not depend on the direction.
  return mix(((source + destination) | 0) ^ kind)
}

/** A hash of what all fragments of a datagram have in common: source, destination and packet id. */
export function fragmentHash(packets: PacketBatch, index: number): number {
  const { bytes } = packets
  const l3 = packets.l3[index] ?? 0
  const length = addressLength(bytes, l3)
  const end = (packets.start[index] ?? 0) + (packets.captured[index] ?? 0)
  const from = endHash(bytes, sourceAt(bytes, l3), length, 1)
  return mix(
    Math.imul(from, 31) ^ endHash(bytes, destinationAt(bytes, l3), length, 2) ^ packetId(bytes, l3, end),
  )
}

function packetId(bytes: Uint8Array, l3: number, end: number): number {
  if (!isIpv6(bytes, l3)) return u16(bytes, l3 + 4)
  const header = findFragmentHeader(bytes, l3, end)
  return header < 0 ? 0 : u32(bytes, header + 4)
}

function endHash(bytes: Uint8Array, at: number, length: number, port: number): number {
  let hash = port + 1
  for (let i = at; i < at + length; i++) hash = mix(Math.imul(hash, 31) + (bytes[i] ?? 0))
  return hash
}

/** The node that a hash selects: another one only when the node selected before is gone. -1: there is none except `except`. */
export function nodeFor(hash: number, nodes: Iterable<number>, except = -1): number {
  let chosen = -1
  let most = -1
  for (const node of nodes) {
    const weight = mix(hash ^ Math.imul(node + 1, 0x9e3779b9))
    if (node === except || weight <= most) continue
    most = weight
    chosen = node
  }
  return chosen
}
