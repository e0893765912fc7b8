import { Kind } from '../model/codes.ts'
import { dissectIpv4, dissectIpv6 } from './datagram.ts'
import { type Dissection, newDissection, UNKNOWN_LENGTH } from './dissection.ts'
import { findNetwork, type NetworkStart, newNetworkStart } from './links.ts'
import { EtherType } from './numbers.ts'

const network = newNetworkStart()

/** Dissects one frame in an array of its own; a snapshot length may have truncated it. */
export function dissect(frame: Uint8Array, link: number): Dissection {
  const found = newDissection()
  dissectFrame(frame, 0, frame.length, UNKNOWN_LENGTH, link, found)
  return found
}

/**
 * Dissects the frame of `captured` bytes at `start`, which had `original` bytes on the wire. Reads nothing outside it and
 * never throws. Lengths that contradict each other or the frame's length on the wire are malformed; if a header that
 * tells the flow was merely not captured, the packet is `cut`, without transport offset. Tunnels are not entered: see
 * tunnel/enter.ts.
 */
export function dissectFrame(
  bytes: Uint8Array,
  start: number,
  captured: number,
  original: number,
  link: number,
  into: Dissection,
): void {
  const end = start + captured
  findNetwork(bytes, start, end, link, network)
  into.layers = 0
  into.stack = 0
  dissectNetwork(bytes, network, end, start + Math.max(captured, original), into)
}

/** Dissects the network header after a link or tunnel header; its data ends at `wireEnd` and was captured up to `end`. */
export function dissectNetwork(
  bytes: Uint8Array,
  at: NetworkStart,
  end: number,
  wireEnd: number,
  into: Dissection,
): void {
  into.kind = Kind.other
  into.l3 = -1
  into.l4 = -1
  into.payload = 0
  into.flags = 0
  into.vlan = at.vlan
  into.protocol = 0
  into.stack |= at.innerVlan << 8
  into.stop = 0
  into.layers += at.layers + 1
  if (at.offset < 0) into.kind = wireEnd > end ? Kind.cut : Kind.malformed
  else if (at.etherType === EtherType.ipv4) dissectIpv4(bytes, at.offset, end, wireEnd, into)
  else if (at.etherType === EtherType.ipv6) dissectIpv6(bytes, at.offset, end, wireEnd, into)
}
