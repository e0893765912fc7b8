import { writeTransportChecksum } from '../../../wire/checksum.ts'
import { Protocol } from '../../../wire/numbers.ts'
import { EtherType, hardwareBytes, headerOf, type PcapArm } from './arms.ts'

const REQUEST = 1
const REPLY = 2
/** ARP over Ethernet for IPv4 (RFC 826): hardware, protocol and the lengths of their addresses. */
const ARP_HEAD = [0, 1, 0x08, 0, 6, 4] as const
const ARP_LENGTH = 28
/** Types of ICMPv6 (RFC 4861). */
const SOLICITATION = 135
const ADVERTISEMENT = 136
const IPV6 = 40
/** Proves that a message has passed no router (RFC 4861, 7.1). */
const MOST_HOPS = 255

/**
 * The answer to an ARP request of the arm's peer, whose body is bytes[from …): the harness claims whatever address it asks for.
 * Undefined if it is not such a request, or must not be answered: a device that asks for its own address checks that nobody else
 * has it (RFC 5227).
 */
export function arpReply(arm: PcapArm, frame: Buffer, from: number): Buffer | undefined {
  if (!isOfPeer(arm, frame) || frame.length < from + ARP_LENGTH) return undefined
  if (ARP_HEAD.some((byte, n) => frame[from + n] !== byte)) return undefined
  if (frame.readUInt16BE(from + 6) !== REQUEST) return undefined
  const sender = frame.subarray(from + 8, from + 18)
  const asking = sender.subarray(6)
  const target = frame.subarray(from + 24, from + 28)
  if (asking.equals(target) || isZero(asking)) return undefined
  const reply = [...ARP_HEAD, 0, REPLY, ...hardwareBytes(arm.own), ...target, ...sender]
  return Buffer.from([...headerOf(arm, EtherType.arp), ...reply])
}

/** The same for an IPv6 neighbour solicitation (RFC 4861, 4.3 and 4.4), whose IP header is at bytes[from]. */
export function advertisement(arm: PcapArm, frame: Buffer, from: number): Buffer | undefined {
  if (!isOfPeer(arm, frame) || frame.length < from + IPV6 + 24) return undefined
  if (frame[from + 6] !== Protocol.icmp6 || frame[from + IPV6] !== SOLICITATION) return undefined
  if (frame[from + 7] !== MOST_HOPS) return undefined
  const asking = frame.subarray(from + 8, from + 24)
  const target = frame.subarray(from + IPV6 + 8, from + IPV6 + 24)
  if (asking.equals(target) || isZero(asking)) return undefined
  // Flags: solicited, override; with the option for the hardware address.
  const message = [ADVERTISEMENT, 0, 0, 0, 0x60, 0, 0, 0, ...target, 2, 1, ...hardwareBytes(arm.own)]
  const head = [0x60, 0, 0, 0, 0, message.length, Protocol.icmp6, MOST_HOPS, ...target, ...asking]
  const link = headerOf(arm, EtherType.ipv6)
  const reply = Buffer.from([...link, ...head, ...message])
  writeTransportChecksum(reply, link.length, link.length + IPV6, reply.length, Protocol.icmp6)
  return reply
}

function isOfPeer({ answers, peer }: PcapArm, frame: Buffer): boolean {
  return answers === true && hardwareBytes(peer).every((byte, n) => frame[6 + n] === byte)
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0)
}
