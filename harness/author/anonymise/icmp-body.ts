import { u16 } from '../../wire/bytes.ts'
import { findQuote, isIcmpError, type Quote } from '../../wire/icmp.ts'
import { datagramEnd } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { ChangeDatagram } from './form.ts'
import type { Maps } from './maps.ts'

const REDIRECT4 = 5
/** Multicast listener discovery (RFC 2710, RFC 3810) and neighbour discovery (RFC 4861). */
const Type6 = {
  query: 130,
  report: 131,
  done: 132,
  advertisement: 134,
  solicitation: 135,
  redirect: 137,
  reports: 143,
} as const
const ROUTER_SOLICITATION = 133
const NEIGHBOUR_ADVERTISEMENT = 136
/** Options of neighbour discovery; that of addresses of name servers is RFC 8106's. */
const Option = { source: 1, target: 2, prefix: 3, mtu: 5, servers: 25 } as const

/**
 * Changes what the ICMP message at `l4` of either version holds behind its first 8 bytes, before `stop`: the packet that an error
 * quotes, the addresses of neighbour and listener discovery; everything else is filled.
 */
export function changeIcmp(
  bytes: Uint8Array,
  l4: number,
  stop: number,
  six: boolean,
  maps: Maps,
  changeQuoted: ChangeDatagram,
): void {
  const type = bytes[l4] ?? 0
  if (isIcmpError(type, six)) {
    if (!six && type === REDIRECT4 && l4 + 8 <= stop) maps.addresses.map4(bytes, l4 + 4)
    changeQuote(bytes, l4, stop, six, maps, changeQuoted)
  } else if (six && type >= Type6.query && type <= Type6.reports) changeDiscovery(bytes, l4, stop, type, maps)
  else maps.filler.fill(bytes, l4 + 8, stop)
}

function changeQuote(
  bytes: Uint8Array,
  l4: number,
  stop: number,
  six: boolean,
  maps: Maps,
  changeQuoted: ChangeDatagram,
): void {
  const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
  if (!findQuote(bytes, l4, stop, six, quote)) {
    maps.filler.fill(bytes, l4 + 8, stop)
    return
  }
  const end = Math.min(stop, datagramEnd(bytes, quote.l3))
  maps.filler.fill(bytes, end, stop)
  changeQuoted(
    bytes,
    {
      l3: quote.l3,
      l4: quote.l4,
      protocol: quote.protocol,
      stop: datagramEnd(bytes, quote.l3),
      form: quote.l4 < 0 ? 'later' : quotesFragment(bytes, quote.l3, six) ? 'first' : 'whole',
    },
    end,
    maps,
  )
}

/** Of IPv6 a fragment header somewhere is taken for one right behind the header, where all systems put it. */
function quotesFragment(bytes: Uint8Array, l3: number, six: boolean): boolean {
  return six ? bytes[l3 + 6] === Protocol.fragment : (u16(bytes, l3 + 6) & 0x3fff) !== 0
}

function changeDiscovery(bytes: Uint8Array, l4: number, stop: number, type: number, maps: Maps): void {
  const { addresses, filler } = maps
  const address = (at: number) => {
    if (at + 16 <= stop) addresses.map6(bytes, at)
    else filler.fill(bytes, at, stop)
  }
  if (type <= Type6.done) {
    address(l4 + 8)
    if (type === Type6.query) for (let at = l4 + 28; at < stop; at += 16) address(at)
    else filler.fill(bytes, l4 + 24, stop)
  } else if (type === Type6.reports) changeReports(bytes, l4, stop, address)
  else if (type === ROUTER_SOLICITATION) changeOptions(bytes, l4 + 8, stop, maps)
  else if (type === Type6.advertisement) changeOptions(bytes, l4 + 16, stop, maps)
  else if (type === Type6.solicitation || type === NEIGHBOUR_ADVERTISEMENT) {
    address(l4 + 8)
    changeOptions(bytes, l4 + 24, stop, maps)
  } else if (type === Type6.redirect) {
    address(l4 + 8)
    address(l4 + 24)
    changeOptions(bytes, l4 + 40, stop, maps)
  } else filler.fill(bytes, l4 + 8, stop)
}

/** Records of groups (RFC 3810 5.2): type, length of what nobody uses, number of sources, group, sources. */
function changeReports(bytes: Uint8Array, l4: number, stop: number, address: (at: number) => void): void {
  let at = l4 + 8
  for (let records = u16(bytes, l4 + 6); records > 0 && at + 20 <= stop; records--) {
    const sources = u16(bytes, at + 2)
    const extra = (bytes[at + 1] ?? 0) * 4
    for (let n = 0; n <= sources && at + 4 + n * 16 < stop; n++) address(at + 4 + n * 16)
    at += 20 + sources * 16 + extra
  }
}

function changeOptions(bytes: Uint8Array, from: number, stop: number, maps: Maps): void {
  const { addresses, hardware, filler } = maps
  for (let at = from; at < stop; ) {
    const end = at + (bytes[at + 1] ?? 0) * 8
    if (end <= at || end > stop) {
      filler.fill(bytes, at, stop)
      return
    }
    const type = bytes[at]
    if ((type === Option.source || type === Option.target) && end - at === 8) hardware.map(bytes, at + 2)
    else if (type === Option.prefix && end - at === 32) changePrefix(bytes, at, maps)
    else if (type === Option.servers)
      for (let server = at + 8; server < end; server += 16) addresses.map6(bytes, server)
    else if (type !== Option.mtu) filler.fill(bytes, at + 2, end)
    at = end
  }
}

/** A prefix of so many bits: what is behind them stays 0. */
function changePrefix(bytes: Uint8Array, at: number, { addresses }: Maps): void {
  const bits = Math.min(bytes[at + 2] ?? 0, 128)
  addresses.map6(bytes, at + 16)
  for (let bit = bits; bit < 128; bit++) {
    const byte = at + 16 + (bit >> 3)
    bytes[byte] = (bytes[byte] ?? 0) & ~(0x80 >> (bit & 7))
  }
}
