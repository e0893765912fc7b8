import { Kind, Tunnels } from '../model/codes.ts'
import { u8, u16 } from './bytes.ts'
import { checksum, transportChecksum } from './checksum.ts'
import { dissect } from './dissect.ts'
import type { Dissection } from './dissection.ts'
import { datagramEnd, isIpv6 } from './ip.ts'
import { Protocol } from './numbers.ts'
import { enterTunnel } from './tunnel/enter.ts'

/**
 * Whether the checksums of a frame (`Link` code beside it) are correct: the IPv4 header's, and that of a whole TCP, UDP or ICMP
 * segment. `none` if nothing is wrong but the segment has no checksum, was not captured completely, or does not exist: UDP
 * over IPv4 may omit it, that of fragments covers the whole datagram. With tunnels (`tunnels`, a `Tunnels` code), those of
 * all headers around the packet count too, and the result is the innermost one's unless any is wrong.
 */
export function verifyChecksums(
  frame: Uint8Array,
  link: number,
  tunnels: number = Tunnels.outer,
): 'ok' | 'bad' | 'none' {
  const found = dissect(frame, link)
  let verdict = verifyOne(frame, found)
  while (verdict !== 'bad' && tunnels !== Tunnels.outer && enterTunnel(frame, frame.length, tunnels, found))
    verdict = verifyOne(frame, found)
  return verdict
}

function verifyOne(frame: Uint8Array, { kind, l3, l4, protocol }: Dissection): 'ok' | 'bad' | 'none' {
  if (l3 < 0) return 'none'
  const six = isIpv6(frame, l3)
  const header = l3 + ((u8(frame, l3) & 15) << 2)
  if (!six && header <= frame.length && checksum(frame, l3, header) !== 0) return 'bad'
  if (l4 < 0 || kind < Kind.tcp4 || kind > Kind.icmp6) return 'none'
  if (protocol === Protocol.udp && u16(frame, l4 + 6) === 0) return six ? 'bad' : 'none'
  const stop = protocol === Protocol.udp ? l4 + u16(frame, l4 + 4) : datagramEnd(frame, l3)
  if (stop > frame.length) return 'none'
  return transportChecksum(frame, l3, l4, stop, protocol) === 0 ? 'ok' : 'bad'
}
