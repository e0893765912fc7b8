import { u32 } from '../wire/bytes.ts'

/**
 * Keys of flows: the two addresses, lower endpoint first, then the two ports in that order, then VLAN ids and protocol. One
 * key for both directions.
 */

/** Words of a key, by family. */
export const KEY4_WORDS = 4
export const KEY6_WORDS = 10

/** The word of a key with VLAN ids and IP protocol. */
export function realm(vlan: number, protocol: number): number {
  return (vlan << 8) | protocol
}

/** 1 if the sender of an IPv4 packet is the lower endpoint, else 0; `ports` is source << 16 | destination. */
export function isLow4(source: number, destination: number, ports: number): number {
  // Branch-free: the direction of a packet is unpredictable, and this runs for every packet.
  const isEqual = Number(source === destination) & Number(ports >>> 16 <= (ports & 0xffff))
  return Number(source < destination) | isEqual
}

/** `a` if `isFirst` is 1, `b` if it is 0; branch-free. */
export function either(isFirst: number, a: number, b: number): number {
  return b ^ ((a ^ b) & -isFirst)
}

/** Writes an IPv4 key. Returns whether the sender is the lower endpoint. */
export function writeKey4(
  key: Int32Array,
  source: number,
  destination: number,
  ports: number,
  realmOfFlow: number,
): boolean {
  const isLow = isLow4(source, destination, ports)
  key[0] = either(isLow, source, destination)
  key[1] = either(isLow, destination, source)
  key[2] = either(isLow, ports, swapPorts(ports))
  key[3] = realmOfFlow
  return isLow === 1
}

/** As `writeKey4`, for the IPv6 addresses at two offsets. */
export function writeKey6(
  key: Int32Array,
  bytes: Uint8Array,
  source: number,
  destination: number,
  ports: number,
  realmOfFlow: number,
): boolean {
  let order = 0
  for (let at = 0; at < 16 && order === 0; at += 4)
    order = u32(bytes, source + at) - u32(bytes, destination + at)
  const senderIsLow = order < 0 || (order === 0 && ports >>> 16 <= (ports & 0xffff))
  const low = senderIsLow ? source : destination
  const high = senderIsLow ? destination : source
  for (let word = 0; word < 4; word++) {
    key[word] = u32(bytes, low + word * 4)
    key[word + 4] = u32(bytes, high + word * 4)
  }
  key[8] = senderIsLow ? ports : swapPorts(ports)
  key[9] = realmOfFlow
  return senderIsLow
}

/** Source and destination port swapped. */
export function swapPorts(ports: number): number {
  return (ports << 16) | (ports >>> 16)
}
