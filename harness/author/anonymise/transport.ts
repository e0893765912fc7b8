import { putU16, u16, u32 } from '../../wire/bytes.ts'
import { checksum } from '../../wire/checksum.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { UDP_LITE_HEADER } from '../../wire/udp-lite.ts'
import type { ChangeDatagram } from './form.ts'
import { changeIcmp } from './icmp-body.ts'
import type { Maps } from './maps.ts'
import { changeSctp, sctpHeaderOf } from './sctp.ts'

const IGMP = 2
/** TCP options that hold a digest, a cookie or another address of the host: MD5, authentication, MPTCP, fast open, experiments. */
const TELLING: ReadonlySet<number> = new Set([19, 29, 30, 34, 253, 254])
const IGMP_REPORTS = 0x22
/** Protocols with a header of 8 bytes. */
const EIGHT: ReadonlySet<number> = new Set([Protocol.udp, Protocol.udpLite, Protocol.icmp, Protocol.icmp6])

/** Changes what follows the IP header: transport header at `l4`, and payload, before `stop`. */
export function changeTransport(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  stop: number,
  protocol: number,
  maps: Maps,
  changeQuoted: ChangeDatagram,
): void {
  const { filler, kept } = maps
  if (protocol === Protocol.tcp) {
    const header = l4 + Math.max(20, ((bytes[l4 + 12] ?? 0) >> 4) << 2)
    if (header > l4 + 20 && header <= stop) changeTcpOptions(bytes, l4 + 20, header, maps)
    if (kept === undefined) filler.fill(bytes, header, stop, u32(bytes, l4 + 4))
    else kept.tcp(bytes, l3, l4, header, stop)
  } else if (protocol === Protocol.udp) {
    const end = Math.min(stop, l4 + Math.max(8, u16(bytes, l4 + 4)))
    if (kept === undefined) filler.fill(bytes, l4 + 8, end)
    else kept.udp(bytes, l4, l4 + 8, end)
    filler.fill(bytes, end, stop)
  } else if (protocol === Protocol.udpLite) {
    if (kept === undefined) filler.fill(bytes, l4 + UDP_LITE_HEADER, stop)
    else kept.udp(bytes, l4, l4 + UDP_LITE_HEADER, stop)
  } else if (protocol === Protocol.sctp) changeSctp(bytes, l4, stop, maps)
  else if (protocol === Protocol.icmp || protocol === Protocol.icmp6)
    changeIcmp(bytes, l4, stop, isIpv6(bytes, l3), maps, changeQuoted)
  else if (protocol === IGMP) changeIgmp(bytes, l4, stop, maps)
  else filler.fill(bytes, l4, stop)
}

/** Bytes of a transport header that a datagram begins with, of which there is something before `stop`. */
export function headerOf(bytes: Uint8Array, l4: number, protocol: number, stop: number): number {
  if (protocol === Protocol.tcp) return Math.max(20, ((bytes[l4 + 12] ?? 0) >> 4) << 2)
  if (protocol === Protocol.sctp) return sctpHeaderOf(bytes, l4, stop)
  return EIGHT.has(protocol) ? 8 : 0
}

function changeTcpOptions(bytes: Uint8Array, from: number, to: number, { filler }: Maps): void {
  for (let at = from; at + 1 < to && bytes[at] !== 0; ) {
    const length = bytes[at] === 1 ? 1 : (bytes[at + 1] ?? 0)
    if (length < 1 || at + length > to || (bytes[at] !== 1 && length < 2)) return
    if (TELLING.has(bytes[at] ?? 0)) filler.fill(bytes, at + 2, at + length)
    at += length
  }
}

/** Groups of a query or report of any version (RFC 3376 4), and its checksum, which is written anew where it was right. */
function changeIgmp(bytes: Uint8Array, l4: number, stop: number, { addresses, filler }: Maps): void {
  const right = checksum(bytes, l4, stop) === 0
  const reports = bytes[l4] === IGMP_REPORTS
  let at = l4 + 8
  if (!reports && at <= stop) addresses.map4(bytes, l4 + 4)
  if (!reports && stop - at >= 4) {
    // Version 3: sources behind four bytes more.
    for (at += 4; at + 4 <= stop; at += 4) addresses.map4(bytes, at)
  }
  if (reports)
    while (at + 8 <= stop) {
      const end = Math.min(stop, at + 8 + u16(bytes, at + 2) * 4 + (bytes[at + 1] ?? 0) * 4)
      for (let group = at + 4; group + 4 <= end; group += 4) addresses.map4(bytes, group)
      at = end
    }
  filler.fill(bytes, at, stop)
  if (!right) return
  putU16(bytes, l4 + 2, 0)
  putU16(bytes, l4 + 2, checksum(bytes, l4, stop))
}
