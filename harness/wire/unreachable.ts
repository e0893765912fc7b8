import type { PacketBatch } from '../model/batch.ts'
import { Kind, Link } from '../model/codes.ts'
import { u8, u32 } from './bytes.ts'
import { writeTransportChecksum } from './checksum.ts'
import { emitIcmp, isIcmpError } from './icmp.ts'
import { datagramEnd, destinationAt, isIpv6, sourceAt } from './ip.ts'
import { Protocol } from './numbers.ts'
import { finishReply, startReply } from './reply.ts'

/** Suricata's reject reports "prohibited", packet filters by default "port unreachable". */
export type UnreachableStyle = 'suricata' | 'port'

/** The largest ICMP datagram: Suricata fills the MTU, others keep to RFC 1812 4.3.2.3 and RFC 4443 2.4. */
const LARGEST = { suricata: { v4: 1500, v6: 1500 }, port: { v4: 576, v6: 1280 } } as const

/**
 * The ICMP destination unreachable that a firewall sends to the sender of packet `index`: IPv4 3/10 and IPv6 1/1 in Suricata's
 * style, 3/3 and 1/4 in the other. Undefined if RFC 1122 3.2.2 and RFC 4443 2.4 forbid one: about an ICMP error, a later
 * fragment, a packet to or from a multicast or broadcast address; and if the packet is not a readable IP packet.
 */
export function buildUnreachable(
  batch: PacketBatch,
  index: number,
  style: UnreachableStyle,
): Uint8Array | undefined {
  const { bytes } = batch
  const l3 = batch.l3[index] ?? -1
  if (l3 < 0 || !mayAnswer(batch, index, l3)) return undefined
  const six = isIpv6(bytes, l3)
  const protocol = six ? Protocol.icmp6 : Protocol.icmp
  const frameEnd = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  const room = six ? LARGEST[style].v6 - 48 : LARGEST[style].v4 - 28
  const quoteEnd = Math.min(datagramEnd(bytes, l3), frameEnd, l3 + room)
  const length = 8 + quoteEnd - l3
  const reply = startReply(batch, index, bytes, l3, 'sender', protocol, length)
  const { frame, l3: replyL3, l4 } = reply
  const code = style === 'suricata' ? (six ? 1 : 10) : six ? 4 : 3
  const quoteAt = emitIcmp({ type: six ? 1 : 3, code, rest: 0 }, frame, l4)
  frame.set(bytes.subarray(l3, quoteEnd), quoteAt)
  writeTransportChecksum(frame, replyL3, l4, frame.length, protocol)
  finishReply(batch, index, reply, 'sender')
  return frame
}

function mayAnswer(batch: PacketBatch, index: number, l3: number): boolean {
  const { bytes } = batch
  const kind = batch.kind[index] ?? Kind.other
  const l4 = batch.l4[index] ?? -1
  const fragment = kind === Kind.fragment4 || kind === Kind.fragment6
  if (kind === Kind.malformed || (fragment && l4 < 0)) return false
  const icmp = kind === Kind.icmp4 || kind === Kind.icmp6
  if (icmp && quotesOrRedirects(u8(bytes, l4), kind === Kind.icmp6)) return false
  return isBetweenHosts(batch, index, l3)
}

/** Whether neither link nor IP addresses of packet `index` are group addresses. */
export function isBetweenHosts(batch: PacketBatch, index: number, l3: number): boolean {
  const { bytes } = batch
  const toGroup = batch.link[index] === Link.ethernet && (u8(bytes, batch.start[index] ?? 0) & 1) === 1
  if (toGroup) return false
  return isOneHost(bytes, sourceAt(bytes, l3), l3) && isOneHost(bytes, destinationAt(bytes, l3), l3)
}

/** ICMP types that must not be answered by an error; ICMPv6 redirects are no errors by number. */
function quotesOrRedirects(type: number, six: boolean): boolean {
  return isIcmpError(type, six) || (six && type === 137)
}

/** Whether an address can belong to a single host: not multicast, broadcast, reserved or unspecified. */
function isOneHost(bytes: Uint8Array, at: number, l3: number): boolean {
  const first = u8(bytes, at)
  if (!isIpv6(bytes, l3)) return first !== 0 && first < 224
  const zero = (u32(bytes, at) | u32(bytes, at + 4) | u32(bytes, at + 8) | u32(bytes, at + 12)) === 0
  return first !== 0xff && !zero
}
