import { u16 } from '../../wire/bytes.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { findFragmentHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { Datagram } from './form.ts'
import { changeHeader } from './headers.ts'
import type { Maps } from './maps.ts'
import { noteSums, type Sums, writeSums } from './sums.ts'
import { changeTransport, headerOf } from './transport.ts'

const LONGEST_TCP_HEADER = 60

/** Changes the datagram in place; `end`: that of what is there of it. Its checksums stay as right or wrong as they were. */
export function changeDatagram(
  bytes: Uint8Array,
  { l3, l4, protocol, stop, form }: Datagram,
  end: number,
  maps: Maps,
): void {
  const sums: Sums = { header: true, transport: 'none', before: 0 }
  noteSums(bytes, l3, l4, protocol, stop, end, form === 'whole', sums)
  changeHeader(bytes, l3, end, maps)
  const last = Math.min(stop, end)
  if (form === 'whole' && l4 >= 0) changeTransport(bytes, l3, l4, last, protocol, maps, changeDatagram)
  else if (form === 'broken') maps.filler.fill(bytes, brokenBody(bytes, l3), last)
  else if (form === 'whole') maps.filler.fill(bytes, behindHeader(bytes, l3), last)
  // What a fragment holds cannot be told, so nothing of it is kept.
  else if (l4 >= 0) maps.filler.fillKeepingSum(bytes, l4 + headerOf(bytes, l4, protocol), last)
  else maps.filler.fillKeepingSum(bytes, laterBody(bytes, l3, last), last)
  writeSums(bytes, l3, l4, protocol, stop, end, sums)
}

/** Where what a later fragment brings of payload begins: TCP's header may reach into it. */
function laterBody(bytes: Uint8Array, l3: number, end: number): number {
  if (!isIpv6(bytes, l3)) {
    const body = behindHeader(bytes, l3)
    return body + headerLeft(bytes[l3 + 9] ?? 0, (u16(bytes, l3 + 6) & 0x1fff) << 3)
  }
  const fragment = findFragmentHeader(bytes, l3, end)
  if (fragment < 0) return behindHeader(bytes, l3)
  return fragment + 8 + headerLeft(bytes[fragment] ?? 0, u16(bytes, fragment + 2) & 0xfff8)
}

function headerLeft(protocol: number, offset: number): number {
  return protocol === Protocol.tcp ? Math.max(0, LONGEST_TCP_HEADER - offset) : 0
}

/** Behind as much of a transport header as says what is wrong with it. */
function brokenBody(bytes: Uint8Array, l3: number): number {
  const protocol = bytes[l3 + (isIpv6(bytes, l3) ? 6 : 9)]
  return behindHeader(bytes, l3) + (protocol === Protocol.tcp ? 20 : 8)
}

function behindHeader(bytes: Uint8Array, l3: number): number {
  return l3 + (isIpv6(bytes, l3) ? 40 : ((bytes[l3] ?? 0) & 15) << 2)
}
