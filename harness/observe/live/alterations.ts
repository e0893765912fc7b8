import { ipv4Text, ipv6Text } from '../../flow/address-text.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { dissect } from '../../wire/dissect.ts'
import { findQuote, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'

/** A field that a device changed. */
export interface Alteration {
  readonly field: string
  readonly sent: string
  readonly seen: string
}

/**
 * What differs between a datagram as it was sent and packet `i` as it came out, beside hop limits and checksums. `undefined`
 * nearly always, which is found out without looking at fields.
 */
export function alterationsOf(sent: Uint8Array, seen: PacketBatch, i: number): Alteration[] | undefined {
  const at = seen.l3[i] ?? 0
  const six = isIpv6(sent, 0)
  const end = datagramEnd(seen.bytes, at)
  const length = end - at
  const l4 = (seen.l4[i] ?? at) - at
  if (length === datagramEnd(sent, 0) && sameHeaders(sent, seen.bytes, at, l4, seen.kind[i] ?? 0, six)) {
    const body = l4 > 0 ? l4 + checksumEnd(seen.kind[i] ?? 0) : six ? 40 : 20
    const rest = seen.bytes.subarray(at + body, end)
    if (Buffer.compare(rest, sent.subarray(body, length)) === 0) return undefined
  }
  return differences(sent, seen.bytes.slice(at, end))
}

/** Bytes of the transport header down to where its checksum ends; what follows is compared as a whole. */
function checksumEnd(kind: number): number {
  if (kind === Kind.tcp4 || kind === Kind.tcp6) return 18
  if (kind === Kind.udp4 || kind === Kind.udp6) return 8
  return kind === Kind.icmp4 || kind === Kind.icmp6 ? 4 : 0
}

function sameHeaders(
  a: Uint8Array,
  b: Uint8Array,
  at: number,
  l4: number,
  kind: number,
  six: boolean,
): boolean {
  const end = l4 > 0 ? l4 + checksumEnd(kind) : six ? 40 : 20
  const checksum = l4 > 0 && checksumEnd(kind) > 0 ? end - 2 : -1
  for (let k = 0; k < end; k++) {
    if (a[k] === b[at + k]) continue
    if (six ? k === 7 : k === 8 || k === 10 || k === 11) continue
    if (k === checksum || k === checksum + 1) continue
    return false
  }
  return true
}

function differences(sent: Uint8Array, seen: Uint8Array): Alteration[] | undefined {
  const before = fieldsOf(sent)
  const after = fieldsOf(seen)
  const found: Alteration[] = []
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(field) ?? 'none'
    const is = after.get(field) ?? 'none'
    if (was !== is) found.push({ field, sent: was, seen: is })
  }
  return found.length === 0 ? undefined : found
}

/** Every field of a datagram that is not a hop limit, a checksum or a length that follows from the others. */
function fieldsOf(bytes: Uint8Array): Map<string, string> {
  const six = isIpv6(bytes, 0)
  const { l4, kind } = dissect(bytes, Link.raw)
  const end = Math.min(bytes.length, datagramEnd(bytes, 0))
  const size = addressLength(bytes, 0)
  const fields = new Map<string, string>()
  const put = (name: string, value: number | string) => fields.set(name, String(value))
  put('source', addressText(bytes, sourceAt(bytes, 0), size))
  put('destination', addressText(bytes, destinationAt(bytes, 0), size))
  put('dscp', (six ? (u16(bytes, 0) >> 4) & 0xff : (bytes[1] ?? 0)) >> 2)
  put('ecn', (six ? u16(bytes, 0) >> 4 : (bytes[1] ?? 0)) & 3)
  if (six) put('flow label', u32(bytes, 0) & 0xf_ffff)
  else {
    put('identification', u16(bytes, 4))
    put('fragmentation', hex(bytes, 6, 2))
    put('ip options', hex(bytes, 20, ((bytes[0] ?? 0) & 15) * 4 - 20))
  }
  if (l4 < 0) put('payload', hex(bytes, headerOf(bytes), end - headerOf(bytes)))
  else if (kind === Kind.tcp4 || kind === Kind.tcp6) putTcp(bytes, l4, end, put)
  else if (kind === Kind.udp4 || kind === Kind.udp6) {
    put('source port', u16(bytes, l4))
    put('destination port', u16(bytes, l4 + 2))
    put('payload', hex(bytes, l4 + 8, end - l4 - 8))
  } else {
    const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
    const quotes = findQuote(bytes, l4, end, six, quote)
    put('type and code', hex(bytes, l4, 2))
    put('payload', hex(bytes, l4 + 4, quotes ? 4 : end - l4 - 4))
    if (quotes)
      for (const [name, value] of fieldsOf(bytes.subarray(quote.l3, end))) put(`quoted ${name}`, value)
  }
  return fields
}

function putTcp(
  bytes: Uint8Array,
  l4: number,
  end: number,
  put: (name: string, value: number | string) => void,
): void {
  const header = ((bytes[l4 + 12] ?? 0) >> 4) * 4
  put('source port', u16(bytes, l4))
  put('destination port', u16(bytes, l4 + 2))
  put('seq', u32(bytes, l4 + 4))
  put('ack', u32(bytes, l4 + 8))
  put('flags', u16(bytes, l4 + 12) & 0xfff)
  put('window', u16(bytes, l4 + 14))
  put('urgent', u16(bytes, l4 + 18))
  put('payload', hex(bytes, l4 + header, end - l4 - header))
  for (let at = l4 + 20; at < l4 + header; ) {
    const kind = bytes[at] ?? 0
    if (kind === 0) break
    const length = kind === 1 ? 1 : (bytes[at + 1] ?? 0)
    if (length === 0) break
    if (kind === 2 && length === 4) put('mss', u16(bytes, at + 2))
    else if (kind !== 1) put(OPTION[kind] ?? `option ${kind}`, hex(bytes, at + 2, Math.max(0, length - 2)))
    at += length
  }
}

const OPTION: Readonly<Record<number, string>> = {
  2: 'mss',
  3: 'window scale',
  4: 'sack permitted',
  5: 'sack',
  8: 'timestamps',
}

/** Bytes of the IP header, without IPv6's extension headers. */
function headerOf(bytes: Uint8Array): number {
  return isIpv6(bytes, 0) ? 40 : ((bytes[0] ?? 0) & 15) * 4
}

function addressText(bytes: Uint8Array, at: number, size: 4 | 16): string {
  if (size === 4) return ipv4Text(u32(bytes, at))
  return ipv6Text(Array.from({ length: 8 }, (_, group) => u16(bytes, at + 2 * group)))
}

/** Long ones by their beginning and length. */
function hex(bytes: Uint8Array, from: number, length: number): string {
  const part = bytes.subarray(from, from + Math.max(0, length))
  const text = Buffer.from(part.subarray(0, 40)).toString('hex')
  return part.length <= 40 ? text : `${text}… (${part.length} bytes, ${sumOf(part)})`
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) | 0
  return sum >>> 0
}
