import { type PacketBatch, tunnelDepth } from '../../model/batch.ts'
import { Kind, Tcp } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { findQuote, isIcmpError, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { Digest } from './digest.ts'

const digest = new Digest()

/** More than the number of `Kind` codes. */
const DEPTH = 256

/** TCP flags that distinguish segments; a device may clear ECE, CWR and URG, and PSH. */
const TELLING = Tcp.fin | Tcp.syn | Tcp.rst | Tcp.ack

/**
 * Addresses, protocol and ports (or an echo's identifier) of packet `i` as a number, in the order of its own direction; `back`: in
 * that of the other. Inside tunnels the number differs with their number; `depth`: calculates it for that number of tunnels.
 */
export function tupleOf(batch: PacketBatch, i: number, back = false, depth = depthOf(batch, i)): number {
  const { bytes } = batch
  const l3 = batch.l3[i] ?? 0
  const l4 = batch.l4[i] ?? -1
  const kind = batch.kind[i] ?? 0
  const at = sourceAt(bytes, l3)
  const size = addressLength(bytes, l3)
  digest.begin(kind + depth * DEPTH)
  if (back) digest.bytes(bytes, at + size, at + 2 * size).bytes(bytes, at, at + size)
  else digest.bytes(bytes, at, at + 2 * size)
  if (l4 >= 0 && hasPorts(kind)) {
    const from = u16(bytes, l4)
    const to = u16(bytes, l4 + 2)
    digest.word(back ? (to << 16) | from : (from << 16) | to)
  } else if (l4 >= 0 && isEcho(batch, i)) digest.word(u16(bytes, l4 + 4))
  return digest.value()
}

/** The same for the packet that ICMP error `i` quotes; undefined if `i` is not an ICMP error, or quotes no ports. */
export function quotedTupleOf(batch: PacketBatch, i: number): number | undefined {
  const { bytes } = batch
  const kind = batch.kind[i]
  const l4 = batch.l4[i] ?? -1
  if ((kind !== Kind.icmp4 && kind !== Kind.icmp6) || l4 < 0) return undefined
  const six = kind === Kind.icmp6
  const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
  if (!findQuote(bytes, l4, datagramEnd(bytes, batch.l3[i] ?? 0), six, quote) || quote.l4 < 0)
    return undefined
  const { protocol } = quote
  if (protocol !== Protocol.tcp && protocol !== Protocol.udp) return undefined
  const at = sourceAt(bytes, quote.l3)
  const of = protocol === Protocol.tcp ? (six ? Kind.tcp6 : Kind.tcp4) : six ? Kind.udp6 : Kind.udp4
  return digest
    .begin(of + depthOf(batch, i) * DEPTH)
    .bytes(bytes, at, at + 2 * addressLength(bytes, quote.l3))
    .word(u32(bytes, quote.l4) | 0)
    .value()
}

/**
 * A number that distinguishes packet `i` from others of its flow and direction (`way`: flow * 2 + direction), without anything that a
 * device may change. `seqDelta`: what the device added to sequence numbers of that direction.
 */
export function packetKey(batch: PacketBatch, i: number, way: number, seqDelta: number): number {
  const { bytes } = batch
  const kind = batch.kind[i] ?? 0
  const l3 = batch.l3[i] ?? 0
  const l4 = batch.l4[i] ?? -1
  digest.begin(way).word(kind)
  if (kind === Kind.tcp4 || kind === Kind.tcp6) {
    const flags = (batch.flags[i] ?? 0) & TELLING
    return digest
      .word(((batch.seq[i] ?? 0) - seqDelta) | 0)
      .word((flags & Tcp.ack) === 0 ? 0 : (batch.ack[i] ?? 0))
      .word((flags << 16) | (batch.payload[i] ?? 0))
      .value()
  }
  const end = datagramEnd(bytes, l3)
  if (isFragment(kind)) {
    const { offset, id } = fragmentOf(bytes, l3)
    return digest
      .word(offset)
      .word(id)
      .word(end - l3)
      .value()
  }
  if (kind === Kind.udp4 || kind === Kind.udp6) return digest.bytes(bytes, l4 + 8, end).value()
  if ((kind === Kind.icmp4 || kind === Kind.icmp6) && l4 >= 0) {
    digest.word(u16(bytes, l4)).word(end - l4)
    // A quoted packet is translated with its flow, and the error's checksum with it.
    if (!isIcmpError(bytes[l4] ?? 0, kind === Kind.icmp6)) digest.bytes(bytes, l4 + 6, end)
    return digest.value()
  }
  return digest.bytes(bytes, l4 < 0 ? l3 + (isIpv6(bytes, l3) ? 40 : 20) : l4, end).value()
}

/** The number of tunnels around packet `i`. */
export function depthOf(batch: PacketBatch, i: number): number {
  return tunnelDepth(batch.stack[i] ?? 0)
}

export function isFragment(kind: number): boolean {
  return kind === Kind.fragment4 || kind === Kind.fragment6
}

/** Whether packet `i` is a SYN or a SYN-ACK. */
export function opensConnection(batch: PacketBatch, i: number): boolean {
  const kind = batch.kind[i]
  return (kind === Kind.tcp4 || kind === Kind.tcp6) && ((batch.flags[i] ?? 0) & Tcp.syn) !== 0
}

export function hasPorts(kind: number): boolean {
  return kind >= Kind.tcp4 && kind <= Kind.udp6
}

function isEcho(batch: PacketBatch, i: number): boolean {
  const kind = batch.kind[i]
  const type = batch.bytes[batch.l4[i] ?? 0] ?? 0
  return kind === Kind.icmp4
    ? type === 0 || type === 8
    : kind === Kind.icmp6 && (type === 128 || type === 129)
}

/** What distinguishes a fragment from others of its datagram, and its datagram from others between the same ends. */
export interface FragmentIdentity {
  readonly id: number
  /** In bytes. */
  readonly offset: number
  readonly more: boolean
  /** Offset of the fragment's payload in the frame. */
  readonly body: number
  readonly protocol: number
}

const NO_FRAGMENT: FragmentIdentity = { id: 0, offset: 0, more: false, body: 0, protocol: 0 }

/** The fragment identity of the packet whose IP header is at `l3`; a packet that is not a fragment has id 0 and offset 0. */
export function fragmentOf(bytes: Uint8Array, l3: number): FragmentIdentity {
  if (!isIpv6(bytes, l3)) {
    const field = u16(bytes, l3 + 6)
    return {
      id: u16(bytes, l3 + 4),
      offset: (field & 0x1fff) * 8,
      more: (field & 0x2000) !== 0,
      body: l3 + ((bytes[l3] ?? 0) & 15) * 4,
      protocol: bytes[l3 + 9] ?? 0,
    }
  }
  let next = bytes[l3 + 6] ?? 0
  let at = l3 + 40
  const end = datagramEnd(bytes, l3)
  while (at + 8 <= end) {
    if (next === 44) {
      const field = u16(bytes, at + 2)
      return {
        id: ((u16(bytes, at + 4) << 16) | u16(bytes, at + 6)) >>> 0,
        offset: field & 0xfff8,
        more: (field & 1) === 1,
        body: at + 8,
        protocol: bytes[at] ?? 0,
      }
    }
    if (next !== 0 && next !== 43 && next !== 60) break
    next = bytes[at] ?? 0
    at += ((bytes[at + 1] ?? 0) + 1) * 8
  }
  return NO_FRAGMENT
}

/** The identification of an IPv4 packet; 0 for IPv6. */
export function idOf(bytes: Uint8Array, l3: number): number {
  return isIpv6(bytes, l3) ? 0 : u16(bytes, l3 + 4)
}

/** Offset in an IP header of the time to live, or hop limit. */
export function hopsAt(bytes: Uint8Array, l3: number): number {
  return l3 + (isIpv6(bytes, l3) ? 7 : 8)
}

export function hopsOf(bytes: Uint8Array, l3: number): number {
  return bytes[hopsAt(bytes, l3)] ?? 0
}
