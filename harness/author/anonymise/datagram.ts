import { u16 } from '../../wire/bytes.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { findFragmentHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { Datagram } from './form.ts'
import { changeHeader } from './headers.ts'
import type { Maps } from './maps.ts'
import { newSums, noteSums, writeSums } from './sums.ts'
import { changeTransport, headerOf } from './transport.ts'

const LONGEST_TCP_HEADER = 60

/** Changes the datagram in place; `end`: that of what is there of it. Its checksums stay as right or wrong as they were. */
export function changeDatagram(
  bytes: Uint8Array,
  { l3, l4, protocol, stop, form }: Datagram,
  end: number,
  maps: Maps,
): void {
  const sums = newSums()
  noteSums(bytes, l3, l4, protocol, stop, end, form === 'whole', sums)
  changeHeader(bytes, l3, end, maps)
  const last = Math.min(stop, end)
  if (form === 'whole' && l4 >= 0) changeTransport(bytes, l3, l4, last, protocol, maps, changeDatagram)
  else if (form === 'broken') maps.filler.fill(bytes, brokenBody(bytes, l3), last)
  else if (form === 'whole') maps.filler.fill(bytes, behindHeader(bytes, l3), last)
  // What a fragment holds cannot be told, so nothing of it is kept.
  else if (l4 >= 0) fillFragment(bytes, l4 + headerOf(bytes, l4, protocol, last), last, protocol, maps)
  else fillLater(bytes, l3, last, maps)
  writeSums(bytes, l3, l4, protocol, stop, end, sums)
}

/** Fills what a fragment brings of payload, so that the checksum of the datagram holds as it did. */
function fillFragment(bytes: Uint8Array, from: number, to: number, protocol: number, { filler }: Maps): void {
  if (protocol === Protocol.sctp) filler.fillKeepingCrc(bytes, from, to)
  else filler.fillKeepingSum(bytes, from, to)
}

/** Fills what a later fragment brings of payload: TCP's header may reach into it. */
function fillLater(bytes: Uint8Array, l3: number, last: number, maps: Maps): void {
  const fragment = isIpv6(bytes, l3) ? findFragmentHeader(bytes, l3, last) : -1
  if (isIpv6(bytes, l3) && fragment < 0) {
    maps.filler.fillKeepingSum(bytes, behindHeader(bytes, l3), last)
    return
  }
  const protocol = bytes[fragment < 0 ? l3 + 9 : fragment] ?? 0
  const offset = fragment < 0 ? (u16(bytes, l3 + 6) & 0x1fff) << 3 : u16(bytes, fragment + 2) & 0xfff8
  const body = fragment < 0 ? behindHeader(bytes, l3) : fragment + 8
  fillFragment(bytes, body + headerLeft(protocol, offset), last, protocol, maps)
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
