import type { PacketBatch } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import type { Stickiness } from '../model/setup.ts'
import { addressLength, destinationAt, sourceAt } from '../wire/ip.ts'
import { protocolOf } from './packet.ts'

/** Mixes a 32-bit number so that every bit affects all others (the finaliser of MurmurHash3). */
export function mix32(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/**
 * A hash of a packet's addresses, kind, and (TCP and UDP) ports; with another stickiness, of its addresses and protocol, or of its
 * addresses alone. Equal in both directions; 32 bits, signed. Packets without an IP header share one hash.
 */
export function tupleHash(
  packets: PacketBatch,
  index: number,
  seed: number,
  stickiness: Stickiness = '5-tuple',
): number {
  const { bytes } = packets
  const l3 = packets.l3[index] ?? -1
  if (l3 < 0) return mix32(seed)
  const kind = packets.kind[index] ?? Kind.other
  const ports = stickiness === '5-tuple' && kind >= Kind.tcp4 && kind <= Kind.udp6
  const l4 = ports ? (packets.l4[index] ?? -1) : -1
  const length = addressLength(bytes, l3)
  const source = endpointHash(bytes, sourceAt(bytes, l3), length, l4, seed)
  const destination = endpointHash(bytes, destinationAt(bytes, l3), length, l4 < 0 ? -1 : l4 + 2, seed)
  const sort = stickiness === '5-tuple' ? kind : stickiness === '3-tuple' ? protocolOf(packets, index) : 0
  // A sum does not depend on the direction, and unlike xor it keeps a flow from an endpoint to itself apart from others.
  return mix32(((source + destination) | 0) ^ Math.imul(sort, 0x9e3779b9))
}

function endpointHash(
  bytes: Uint8Array,
  address: number,
  length: number,
  port: number,
  seed: number,
): number {
  let hash = seed | 0
  for (let at = address; at < address + length; at++) hash = mix32(Math.imul(hash, 31) + (bytes[at] ?? 0))
  return port < 0 ? hash : mix32(Math.imul(hash, 31) + (((bytes[port] ?? 0) << 8) | (bytes[port + 1] ?? 0)))
}
