import type { PacketBatch } from '../model/batch.ts'
import { Link } from '../model/codes.ts'
import { u8 } from './bytes.ts'
import { writeTransportChecksum } from './checksum.ts'
import { dissect } from './dissect.ts'
import { emitIcmp, isIcmpError } from './icmp.ts'
import { datagramEnd, isIpv6 } from './ip.ts'
import { Protocol } from './numbers.ts'
import { finishReply, startReply } from './reply.ts'
import { isBetweenHosts } from './unreachable.ts'

/** RFC 4443 3.3: fragment reassembly time exceeded. */
const TIME_EXCEEDED = { type: 3, code: 1, rest: 0 } as const
/** The minimum MTU of IPv6, which an error must not exceed (RFC 4443 2.4 c). */
const LARGEST = 1280

/**
 * The ICMPv6 error that the sender gets if the datagram of packet `index`, its first fragment, is not completed in time (RFC 8200 4.5).
 * Its source is the datagram's destination, since a firewall's own address is not known. Undefined if none may be sent: about an ICMP
 * error, to or from a multicast group, or about a packet not captured up to its transport header.
 */
export function buildTimeExceeded(batch: PacketBatch, index: number): Uint8Array | undefined {
  const { bytes } = batch
  const l3 = batch.l3[index] ?? -1
  const l4 = batch.l4[index] ?? -1
  if (l3 < 0 || l4 < 0 || !isBetweenHosts(batch, index, l3)) return undefined
  const frameEnd = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  const quoteEnd = Math.min(datagramEnd(bytes, l3), frameEnd, l3 + LARGEST - 48)
  const { protocol } = dissect(bytes.subarray(l3, frameEnd), Link.raw)
  if (protocol === Protocol.icmp6 && isIcmpError(u8(bytes, l4), true)) return undefined
  const reply = startReply(batch, index, bytes, l3, 'sender', Protocol.icmp6, 8 + quoteEnd - l3)
  const { frame, l3: replyL3, l4: replyL4 } = reply
  frame.set(bytes.subarray(l3, quoteEnd), emitIcmp(TIME_EXCEEDED, frame, replyL4))
  writeTransportChecksum(frame, replyL3, replyL4, frame.length, Protocol.icmp6)
  finishReply(batch, index, reply, 'sender')
  return frame
}

/** Whether the ICMP error at `l4` of the IP packet at `l3` reports that the reassembly of an IPv6 datagram timed out. */
export function isReassemblyTimeout(bytes: Uint8Array, l3: number, l4: number): boolean {
  return isIpv6(bytes, l3) && u8(bytes, l4) === TIME_EXCEEDED.type && u8(bytes, l4 + 1) === TIME_EXCEEDED.code
}
