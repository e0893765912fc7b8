import { type PacketBatch, tunnelDepth } from '../model/batch.ts'
import { Link } from '../model/codes.ts'
import { swapEthernet } from './ethernet.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from './ip.ts'
import { emitIpv4 } from './ipv4.ts'
import { emitIpv6 } from './ipv6.ts'
import { fitLink } from './links.ts'
import { carriersOf } from './tunnel/carriers.ts'
import { refit, turnRound } from './tunnel/refit.ts'

/** The end of the causing packet to which a firewall's own packet goes. */
export type Towards = 'sender' | 'receiver'

/** A frame whose transport segment is still to be written. */
export interface Reply {
  readonly frame: Uint8Array
  readonly l3: number
  readonly l4: number
}

const NO_OPTIONS = new Uint8Array(0)
const HOP_LIMIT = 64

/** Updates the tunnels around a reply, once its segment is written. */
export function finishReply(batch: PacketBatch, index: number, { frame }: Reply, to: Towards): void {
  if (tunnelDepth(batch.stack[index] ?? 0) === 0) return
  const start = batch.start[index] ?? 0
  const carriers = carriersOf(batch, index).map((each) => ({
    ...each,
    l3: each.l3 - start,
    l4: each.l4 - start,
  }))
  if (to === 'sender') turnRound(frame, carriers)
  refit(frame, carriers)
}

/**
 * A frame in reply to packet `index` with room for a segment of `length` bytes: the packet's link header (Ethernet addresses
 * swapped towards the sender; tags, labels and tunnels kept) and a fresh IP header (hop limit 64, id 0, TOS 0) with addresses from
 * the IP header at `ip[l3]`, which is the packet's own or that of the datagram it completed.
 */
export function startReply(
  batch: PacketBatch,
  index: number,
  ip: Uint8Array,
  l3: number,
  to: Towards,
  protocol: number,
  length: number,
  dontFragment = false,
): Reply {
  const start = batch.start[index] ?? 0
  const linkLength = Math.max((batch.l3[index] ?? 0) - start, 0)
  const header = batch.bytes.subarray(start, start + linkLength)
  return replyBehind(header, batch.link[index] ?? 0, ip, l3, to, protocol, length, dontFragment)
}

/** The same after the link header `header` of a packet of link layer `link`. */
export function replyBehind(
  header: Uint8Array,
  link: number,
  ip: Uint8Array,
  l3: number,
  to: Towards,
  protocol: number,
  length: number,
  dontFragment = false,
): Reply {
  const linkLength = header.length
  const six = isIpv6(ip, l3)
  const l4 = linkLength + (six ? 40 : 20)
  const frame = new Uint8Array(l4 + length)
  frame.set(header)
  if (to === 'sender' && link === Link.ethernet) swapEthernet(frame, 0)
  fitLink(frame, link)

  const size = addressLength(ip, l3)
  const sender = ip.subarray(sourceAt(ip, l3), sourceAt(ip, l3) + size)
  const receiver = ip.subarray(destinationAt(ip, l3), destinationAt(ip, l3) + size)
  const source = to === 'sender' ? receiver : sender
  const destination = to === 'sender' ? sender : receiver
  const shared = { source, destination, payloadLength: length }
  if (six)
    emitIpv6(
      { ...shared, trafficClass: 0, flowLabel: 0, nextHeader: protocol, hopLimit: HOP_LIMIT },
      frame,
      linkLength,
    )
  else
    emitIpv4(
      {
        ...shared,
        tos: 0,
        id: 0,
        dontFragment,
        moreFragments: false,
        fragmentOffset: 0,
        ttl: HOP_LIMIT,
        protocol,
        options: NO_OPTIONS,
      },
      frame,
      linkLength,
    )
  return { frame, l3: linkLength, l4 }
}
