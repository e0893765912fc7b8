import { ipv4Text, ipv6Text } from '../../flow/address-text.ts'
import { type PacketBatch, tunnelDepth } from '../../model/batch.ts'
import { Kind, Link, Tunnels } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { type Dissection, UNKNOWN_LENGTH } from '../../wire/dissection.ts'
import { findQuote, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { carriersIn, outermost } from '../../wire/tunnel/carriers.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { checksumAt } from '../../wire/tunnel/refit.ts'

/** A field that a device changed. */
export interface Alteration {
  readonly field: string
  readonly sent: string
  readonly seen: string
}

/**
 * The differences between a datagram as sent and packet `i` as it came out, with the tunnels around it, except hop limits and
 * checksums. Nearly always `undefined`, which is found out without comparing fields.
 */
export function alterationsOf(sent: Uint8Array, seen: PacketBatch, i: number): Alteration[] | undefined {
  const at = outermost(seen, i)
  const six = isIpv6(sent, 0)
  const end = datagramEnd(seen.bytes, at)
  const length = end - at
  const l4 = (seen.l4[i] ?? at) - at
  if (length === datagramEnd(sent, 0) && sameHeaders(sent, seen.bytes, at, l4, seen.kind[i] ?? 0, six)) {
    const body = l4 > 0 ? l4 + checksumEnd(seen.kind[i] ?? 0) : six ? 40 : 20
    const rest = seen.bytes.subarray(at + body, end)
    if (Buffer.compare(rest, sent.subarray(body, length)) === 0) return undefined
  }
  return differences(sent, seen.bytes.slice(at, end), seen.tunnels)
}

/** Bytes of the transport header up to the end of its checksum; the rest is compared as a whole. */
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

function differences(sent: Uint8Array, seen: Uint8Array, tunnels: number): Alteration[] | undefined {
  const before = fieldsOf(sent, tunnels)
  const after = fieldsOf(seen, tunnels)
  const found: Alteration[] = []
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(field) ?? 'none'
    const is = after.get(field) ?? 'none'
    if (was !== is) found.push({ field, sent: was, seen: is })
  }
  return found.length === 0 ? undefined : found
}

/** Every field of a datagram except hop limits, checksums, and lengths that follow from the others. */
function fieldsOf(bytes: Uint8Array, tunnels: number): Map<string, string> {
  const fields = new Map<string, string>()
  const found = dissectInner(bytes, Link.raw, tunnels)
  const depth = tunnelDepth(found.stack)
  const carriers = carriersIn(bytes, 0, bytes.length, UNKNOWN_LENGTH, Link.raw, tunnels, depth)
  carriers.forEach((carrier, n) => {
    const next = carriers[n + 1] ?? found
    putCarrier(bytes, carrier, next.l3, (name, value) => fields.set(`tunnel ${name}`, String(value)))
  })
  putPacket(bytes, found, fields)
  return fields
}

type Put = (name: string, value: number | string) => void

/** The fields around a packet in a tunnel, up to the IP header at `to`. */
function putCarrier(bytes: Uint8Array, carrier: Dissection, to: number, put: Put): void {
  putNetwork(bytes, carrier.l3, put)
  const { l4, kind } = carrier
  const isUdp = kind === Kind.udp4 || kind === Kind.udp6
  if (isUdp) putPorts(bytes, l4, put)
  const from = isUdp ? l4 + 8 : l4
  const sum = isUdp ? -1 : checksumAt(bytes, carrier)
  put(
    'header',
    sum < 0 ? hex(bytes, from, to - from) : hex(bytes, from, sum - from) + hex(bytes, sum + 2, to - sum - 2),
  )
}

function putNetwork(bytes: Uint8Array, l3: number, put: Put): void {
  const six = isIpv6(bytes, l3)
  const size = addressLength(bytes, l3)
  put('source', addressText(bytes, sourceAt(bytes, l3), size))
  put('destination', addressText(bytes, destinationAt(bytes, l3), size))
  put('dscp', (six ? (u16(bytes, l3) >> 4) & 0xff : (bytes[l3 + 1] ?? 0)) >> 2)
  put('ecn', (six ? u16(bytes, l3) >> 4 : (bytes[l3 + 1] ?? 0)) & 3)
  if (six) put('flow label', u32(bytes, l3) & 0xf_ffff)
  else {
    put('identification', u16(bytes, l3 + 4))
    put('fragmentation', hex(bytes, l3 + 6, 2))
    put('ip options', hex(bytes, l3 + 20, ((bytes[l3] ?? 0) & 15) * 4 - 20))
  }
}

function putPorts(bytes: Uint8Array, l4: number, put: Put): void {
  put('source port', u16(bytes, l4))
  put('destination port', u16(bytes, l4 + 2))
}

function putPacket(bytes: Uint8Array, { l3, l4, kind }: Dissection, fields: Map<string, string>): void {
  const six = isIpv6(bytes, l3)
  const end = Math.min(bytes.length, datagramEnd(bytes, l3))
  const put = (name: string, value: number | string) => fields.set(name, String(value))
  putNetwork(bytes, l3, put)
  const body = l3 + headerOf(bytes, l3)
  if (l4 < 0) put('payload', hex(bytes, body, end - body))
  else if (kind === Kind.tcp4 || kind === Kind.tcp6) putTcp(bytes, l4, end, put)
  else if (kind === Kind.udp4 || kind === Kind.udp6) {
    putPorts(bytes, l4, put)
    put('payload', hex(bytes, l4 + 8, end - l4 - 8))
  } else {
    const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
    const quotes = findQuote(bytes, l4, end, six, quote)
    put('type and code', hex(bytes, l4, 2))
    put('payload', hex(bytes, l4 + 4, quotes ? 4 : end - l4 - 4))
    if (quotes)
      for (const [name, value] of fieldsOf(bytes.subarray(quote.l3, end), Tunnels.outer))
        put(`quoted ${name}`, value)
  }
}

function putTcp(bytes: Uint8Array, l4: number, end: number, put: Put): void {
  const header = ((bytes[l4 + 12] ?? 0) >> 4) * 4
  putPorts(bytes, l4, put)
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
function headerOf(bytes: Uint8Array, l3: number): number {
  return isIpv6(bytes, l3) ? 40 : ((bytes[l3] ?? 0) & 15) * 4
}

function addressText(bytes: Uint8Array, at: number, size: 4 | 16): string {
  if (size === 4) return ipv4Text(u32(bytes, at))
  return ipv6Text(Array.from({ length: 8 }, (_, group) => u16(bytes, at + 2 * group)))
}

/** Bytes in hexadecimal; long ones are shown by their beginning and length. */
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
