import type { PacketBatch, Rebuilt } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import { u16 } from '../wire/bytes.ts'
import type { Dissection } from '../wire/dissection.ts'
import { datagramEnd, isIpv6 } from '../wire/ip.ts'
import { findUnfollowed } from '../wire/ipv6.ts'
import { Protocol } from '../wire/numbers.ts'
import { flowPorts, icmpOf, ipProtocol } from './transport.ts'

/*
 * What distinguishes flows when packets are read as Linux's connection tracking reads them.
 */

const ICMP_HEADER = 8
const PORTS = 4
const GRE_VERSION = 7
/** Queries are distinguished by their code, apart from their flow. */
const ANY_CODE = 0xffffff
const IPV6_HEADER = 40

/** Like `ipProtocol`, but headers of mobility, host identity and shim6 count as protocols. */
export function linuxProtocol(bytes: Uint8Array, l3: number, end: number): number {
  const at = isIpv6(bytes, l3) ? findUnfollowed(bytes, l3, end) : undefined
  return at?.protocol ?? ipProtocol(bytes, l3, end)
}

/**
 * Like `flowPorts`, for a packet captured up to `end`: UDP-Lite has ports too, and for GRE version 1 the call ID takes the place
 * of the receiver's port (RFC 2637 4.1), with 0 for the sender's, so that each direction is a flow.
 */
export function linuxPorts(
  bytes: Uint8Array,
  l4: number,
  end: number,
  protocol: number,
  six: boolean,
): number | undefined {
  if (protocol === Protocol.udpLite)
    return l4 < 0 || l4 + PORTS > end ? undefined : (u16(bytes, l4) << 16) | u16(bytes, l4 + 2)
  if (protocol === Protocol.gre) return isCall(bytes, l4, end) ? u16(bytes, l4 + 6) : 0
  const ports = flowPorts(bytes, l4, protocol, six)
  if (ports === undefined || protocol !== icmpOf(six)) return ports
  // A quote may contain only the ports, which do not identify a query.
  return l4 + ICMP_HEADER > end ? undefined : ports & ANY_CODE
}

/** `flowPorts`, or `linuxPorts`. */
export function portsOf(
  linux: boolean,
  bytes: Uint8Array,
  l4: number,
  end: number,
  protocol: number,
  six: boolean,
): number | undefined {
  return linux ? linuxPorts(bytes, l4, end, protocol, six) : flowPorts(bytes, l4, protocol, six)
}

/** Whether there is a GRE version 1 header with its call ID at `l4`. */
export function isCall(bytes: Uint8Array, l4: number, end: number): boolean {
  return l4 >= 0 && l4 + 8 <= end && (u16(bytes, l4) & GRE_VERSION) === 1
}

/** Gives IPv6 packet `index` the first protocol beyond which Linux does not look; returns false if there is none. */
export function stopAtUnfollowed(batch: PacketBatch, index: number): boolean {
  const l3 = batch.l3[index] ?? -1
  if (l3 < 0 || !isIpv6(batch.bytes, l3)) return false
  const end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  const found = findUnfollowed(batch.bytes, l3, end)
  if (found === undefined) return false
  batch.kind[index] = Kind.ip6
  batch.l4[index] = found.at
  batch.payload[index] = datagramEnd(batch.bytes, l3) - found.at
  batch.flags[index] = 0
  batch.ports[index] = 0
  return true
}

/** Whether packet `index` has anything between its IPv6 and transport headers, so that Linux may read it differently. */
export function isExtended({ l3, l4 }: PacketBatch, index: number): boolean {
  return (l4[index] ?? 0) - (l3[index] ?? 0) !== IPV6_HEADER
}

/** The datagram in `bytes`, dissected as `found`, that fragment `index` completed; `linux`: as Linux reads it. */
export function rebuiltOf(index: number, bytes: Uint8Array, found: Dissection, linux: boolean): Rebuilt {
  const l3 = Math.max(found.l3, 0)
  const whole = l3 > 0 ? bytes.subarray(l3, found.stop) : bytes
  const { kind, payload, flags } = found
  const stopped = linux && isIpv6(whole, 0) ? findUnfollowed(whole, 0, whole.length) : undefined
  if (stopped === undefined)
    return { index, bytes: whole, kind, l4: found.l4 < 0 ? -1 : found.l4 - l3, payload, flags }
  const { at } = stopped
  return { index, bytes: whole, kind: Kind.ip6, l4: at, payload: whole.length - at, flags: 0 }
}
