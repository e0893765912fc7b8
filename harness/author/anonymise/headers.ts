import { u16 } from '../../wire/bytes.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { extensionLength } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { Maps } from './maps.ts'

/** Options of IPv4 that hold addresses (RFC 791 3.1), and router alert (RFC 2113), which says nothing. */
const Option4 = { end: 0, nop: 1, record: 7, timestamp: 68, loose: 131, strict: 137, alert: 148 } as const
/** Timestamp flags: addresses stand before the times. */
const WITH_ADDRESSES = 1
/** The option of IPv6's destination options that holds an address (RFC 6275 6.3). */
const HOME_ADDRESS = 201

/** Replaces the addresses in the IP header at `l3`, its options and extension headers, as far as they lie before `end`. */
export function changeHeader(bytes: Uint8Array, l3: number, end: number, maps: Maps): void {
  const size = addressLength(bytes, l3)
  if (destinationAt(bytes, l3) + size > end) return
  maps.addresses.map(bytes, sourceAt(bytes, l3), size)
  maps.addresses.map(bytes, destinationAt(bytes, l3), size)
  if (isIpv6(bytes, l3)) changeExtensions(bytes, l3, end, maps)
  else if ((bytes[l3] ?? 0) > 0x45) changeOptions(bytes, l3, end, maps)
}

function changeOptions(bytes: Uint8Array, l3: number, end: number, { addresses, filler }: Maps): void {
  const stop = Math.min(l3 + (((bytes[l3] ?? 0) & 15) << 2), end)
  for (let at = l3 + 20; at + 1 < stop && bytes[at] !== Option4.end; ) {
    const type = bytes[at]
    const length = type === Option4.nop ? 1 : (bytes[at + 1] ?? 0)
    const next = at + length
    if (length < 1 || next > stop || (type !== Option4.nop && length < 2)) return
    if (type === Option4.record || type === Option4.loose || type === Option4.strict)
      for (let hop = at + 3; hop + 4 <= next; hop += 4) addresses.map4(bytes, hop)
    else if (type === Option4.timestamp) {
      const flag = (bytes[at + 3] ?? 0) & 15
      if (flag >= WITH_ADDRESSES) for (let hop = at + 4; hop + 8 <= next; hop += 8) addresses.map4(bytes, hop)
    } else if (type !== Option4.nop && type !== Option4.alert) filler.fill(bytes, at + 2, next)
    at = next
  }
}

function changeExtensions(bytes: Uint8Array, l3: number, end: number, { addresses }: Maps): void {
  let next = bytes[l3 + 6] ?? 0
  let at = l3 + 40
  while (at + 8 <= end) {
    const length = extensionLength(next, bytes[at + 1] ?? 0)
    const stop = at + length
    if (length === 0 || stop > end) return
    // Routes of type 0 and 2, and of segments (RFC 8754), hold addresses behind their first 8 bytes.
    if (next === Protocol.routing)
      for (let hop = at + 8; hop + 16 <= stop; hop += 16) addresses.map6(bytes, hop)
    else if (next === Protocol.destination || next === Protocol.hopByHop)
      for (let option = at + 2; option + 2 <= stop; ) {
        const size = bytes[option] === 0 ? 1 : 2 + (bytes[option + 1] ?? 0)
        if (bytes[option] === HOME_ADDRESS && size === 18 && option + size <= stop)
          addresses.map6(bytes, option + 2)
        option += size
      }
    if (next === Protocol.fragment && (u16(bytes, at + 2) & 0xfff8) !== 0) return
    next = bytes[at] ?? 0
    at = stop
  }
}
