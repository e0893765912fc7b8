import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Reason } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { carriersOf } from '../../wire/tunnel/carriers.ts'
import { FOR_INNER, reasonWord } from '../suricata/eve.ts'
import { reasonOf } from '../suricata/suricata.ts'

/** The source of packets on the wire; packets inside a packet and reassembled datagrams have another. */
const ON_WIRE = 'wire/pcap'

interface DropEvent {
  readonly event_type?: string
  readonly pkt_src?: string
  readonly src_ip?: string
  readonly dest_ip?: string
  readonly src_port?: number
  readonly dest_port?: number
  readonly alert?: { readonly signature_id: number }
  readonly drop?: {
    readonly reason?: string
    readonly len?: number
    readonly ipid?: number
    readonly tcpseq?: number
    readonly tcpack?: number
  }
}

/**
 * Why a host did not forward packets, from its EVE log: an event belongs to the packet with its addresses, ports, length and numbers; of
 * several such packets, to the next one in the order of sending.
 */
export class Drops {
  readonly #reasons = new Map<string, number[]>()
  /** Why a packet inside the packet whose event comes next was not forwarded. */
  #inner = ''

  /** Takes a line of the log. Throws if it is not JSON. */
  take(line: string): void {
    // Most lines of a log are of other types.
    if (!line.includes('"drop"')) return
    const event: DropEvent = JSON.parse(line)
    if (event.event_type !== 'drop') return
    const word = reasonWord(event)
    if (event.pkt_src !== ON_WIRE) {
      this.#inner ||= word
      return
    }
    const reason = reasonOf(word === FOR_INNER ? this.#inner : word)
    this.#inner = ''
    const key = keyOfEvent(event)
    const others = this.#reasons.get(key)
    if (others === undefined) this.#reasons.set(key, [reason])
    else others.push(reason)
  }

  /** Why packet `i` was not forwarded, a `Reason` code; none if the log does not tell. Must be called in the order of sending. */
  reasonOf(packets: PacketBatch, i: number): number {
    return this.#reasons.get(keyOfPacket(packets, i))?.shift() ?? Reason.none
  }

  /** Forgets events of packets that have been decided: they do not belong to later ones. */
  clear(): void {
    this.#reasons.clear()
  }
}

function keyOfEvent(event: DropEvent): string {
  const { src_ip, dest_ip, src_port = 0, dest_port = 0, drop = {} } = event
  const { len = 0, ipid = 0, tcpseq = 0, tcpack = 0 } = drop
  return [src_ip, dest_ip, src_port, dest_port, len, ipid, tcpseq, tcpack].join(' ')
}

function keyOfPacket(packets: PacketBatch, i: number): string {
  const { bytes } = packets
  const [l3, l4, kind] = onWire(packets, i)
  const six = isIpv6(bytes, l3)
  const size = addressLength(bytes, l3)
  const isTcp = kind === Kind.tcp4 || kind === Kind.tcp6
  const ports = l4 >= 0 && (isTcp || kind === Kind.udp4 || kind === Kind.udp6)
  return [
    addressText(bytes, sourceAt(bytes, l3), size),
    addressText(bytes, destinationAt(bytes, l3), size),
    ports ? u16(bytes, l4) : 0,
    ports ? u16(bytes, l4 + 2) : 0,
    // For IPv6 the log has the length of what follows the header.
    u16(bytes, six ? l3 + 4 : l3 + 2),
    six ? 0 : u16(bytes, l3 + 4),
    isTcp ? (packets.seq[i] ?? 0) >>> 0 : 0,
    isTcp ? (packets.ack[i] ?? 0) >>> 0 : 0,
  ].join(' ')
}

/** Offsets of the IP header and of its payload, and the `Kind` code, of the packet on the wire: the outermost tunnel, if any. */
function onWire(packets: PacketBatch, i: number): readonly [number, number, number] {
  const [carrier] = carriersOf(packets, i)
  if (carrier !== undefined) return [carrier.l3, carrier.l4, carrier.kind]
  return [packets.l3[i] ?? 0, packets.l4[i] ?? -1, packets.kind[i] ?? Kind.other]
}

/** Addresses in Suricata's notation: those of IPv6 in full. */
function addressText(bytes: Uint8Array, at: number, size: number): string {
  if (size === 4) return bytes.subarray(at, at + size).join('.')
  return Array.from({ length: 8 }, (_, group) =>
    u16(bytes, at + 2 * group)
      .toString(16)
      .padStart(4, '0'),
  ).join(':')
}
