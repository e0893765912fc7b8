import { ipProtocol } from '../../flow/transport.ts'
import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { optionsFit } from '../../wire/ipv4.ts'
import { hasPorts, Protocol } from '../../wire/numbers.ts'
import { isIcmpError } from '../icmp.ts'
import type { PacketHeader } from './group.ts'
import { lookedAt } from './looked-at.ts'

/** What the rules see of a packet. One object, refilled for each packet. */
export class RuleSubject implements PacketHeader {
  bytes: Uint8Array = new Uint8Array(0)
  l3 = 0
  protocol = -1
  sourcePort = -1
  destinationPort = -1
  flags = 0
  /** The bytes that contain the payload, and its range in them; empty if the payload is not inspected. */
  payload: Uint8Array = this.bytes
  payloadFrom = 0
  payloadTo = 0
  /** False for a fragment: default actions wait for the datagram. */
  wholeDatagram = true
  hasFlow = false
  /** An ICMPv6 error, which for the rules has a flow of its own, whatever flow it is about (observed, Suricata 7.0.10). */
  isApart = false
  toServer = true
  /** Before this packet. */
  established = false
  /** An `AppProtocol` code. */
  appProtocol = 0
  /** The first packet of its flow in this direction, or it has no flow. */
  first = true

  /** Fills in the fields of the packet itself; returns false if it is not IP. */
  fill(batch: PacketBatch, cause: number | Rebuilt): boolean {
    const whole = typeof cause !== 'number'
    const kind = whole ? cause.kind : (batch.kind[cause] ?? Kind.other)
    const l3 = whole ? 0 : (batch.l3[cause] ?? -1)
    if (l3 < 0) return false
    const l4 = whole ? cause.l4 : (batch.l4[cause] ?? -1)
    this.bytes = whole ? cause.bytes : batch.bytes
    this.l3 = l3
    this.protocol = PROTOCOL_OF_KIND[kind] ?? plainProtocol(this.bytes, l3, kind)
    this.flags = whole ? cause.flags : (batch.flags[cause] ?? 0)
    this.isApart = kind === Kind.icmp6 && l4 >= 0 && isIcmpError(kind, this.bytes[l4] ?? 0)
    const fragment = kind === Kind.fragment4 || kind === Kind.fragment6
    this.wholeDatagram = !fragment
    const transport = l4 >= 0 && !fragment
    const ports = transport && hasPorts(kind === Kind.ip6 ? ipProtocol(this.bytes, l3, l4) : this.protocol)
    // Of SCTP whose header is cut Suricata takes the ports for 0.
    const none = this.protocol === Protocol.sctp && !fragment ? 0 : -1
    this.sourcePort = ports ? u16(this.bytes, l4) : none
    this.destinationPort = ports ? u16(this.bytes, l4 + 2) : none
    this.payload = this.bytes
    this.payloadFrom = 0
    this.payloadTo = 0
    if (ports || (transport && kind !== Kind.malformed)) this.#fillPayload(batch, cause, l4)
    return true
  }

  /** Replaces the payload by other bytes of the same length: those in `bytes` from `from` on. */
  rewritePayload(bytes: Uint8Array, from: number): void {
    this.payloadTo += from - this.payloadFrom
    this.payloadFrom = from
    this.payload = bytes
  }

  hidePayload(): void {
    this.payloadTo = this.payloadFrom
  }

  #fillPayload(batch: PacketBatch, cause: number | Rebuilt, l4: number): void {
    const whole = typeof cause !== 'number'
    const length = whole ? cause.payload : (batch.payload[cause] ?? 0)
    const end = whole ? cause.bytes.length : (batch.start[cause] ?? 0) + (batch.captured[cause] ?? 0)
    if (this.protocol === Protocol.tcp) {
      this.payloadFrom = Math.min(l4 + ((this.bytes[l4 + 12] ?? 0) >> 4) * 4, end)
      this.payloadTo = Math.min(this.payloadFrom + length, end)
      return
    }
    const { bytes, l3, protocol } = this
    const { from, to } = lookedAt(bytes, l3, l4, length, protocol)
    this.payloadFrom = Math.min(l4 + from, end)
    this.payloadTo = Math.min(l4 + Math.max(from, to), end)
  }
}

/**
 * The protocol number of a packet whose transport header is not decoded; -1 if it cannot be read directly, or a header
 * before it is invalid.
 */
function plainProtocol(bytes: Uint8Array, l3: number, kind: number): number {
  const six = isIpv6(bytes, l3)
  if (kind === Kind.fragment6) return Protocol.fragment
  if (kind === Kind.malformed && six) return bytes[l3 + 6] ?? -1
  return six || !optionsFit(bytes, l3, bytes.length) ? -1 : (bytes[l3 + 9] ?? -1)
}

const PROTOCOL_OF_KIND: Readonly<Record<number, number>> = {
  [Kind.tcp4]: Protocol.tcp,
  [Kind.tcp6]: Protocol.tcp,
  [Kind.udp4]: Protocol.udp,
  [Kind.udp6]: Protocol.udp,
  [Kind.icmp4]: Protocol.icmp,
  [Kind.icmp6]: Protocol.icmp6,
}
