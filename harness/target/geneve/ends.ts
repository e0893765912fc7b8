import type { PacketBatch } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { Digest } from '../../observe/live/digest.ts'
import { hasPorts, isFragment } from '../../observe/live/identity.ts'
import { u16 } from '../../wire/bytes.ts'
import { findQuote, isIcmpError, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'

const ECHO = { request4: 8, reply4: 0, request6: 128, reply6: 129 } as const
const digest = new Digest()

/** The ends of a packet, as offsets into its bytes; an ICMP error counts as the packet that it quotes. */
export class Ends {
  bytes: Uint8Array = new Uint8Array(0)
  source = 0
  destination = 0
  /** Bytes of an address. */
  size = 4
  /** Ports of TCP and UDP, or the identifier of an echo; else 0. */
  sourcePort = 0
  destinationPort = 0
  protocol = 0
  fragment = false
  /** Whether it is an error about a packet between these ends; it has addresses of its own. */
  quoted = false
  readonly #quote: Quote = { l3: 0, l4: -1, protocol: 0 }

  /** Reads packet `i`, which must have an IP header. */
  read(batch: PacketBatch, i: number): this {
    const { bytes } = batch
    const kind = batch.kind[i] ?? 0
    const l3 = batch.l3[i] ?? 0
    const l4 = batch.l4[i] ?? -1
    this.bytes = bytes
    this.quoted = false
    this.fragment = isFragment(kind)
    this.#readAddresses(l3)
    this.protocol =
      kind === Kind.ip4 || kind === Kind.ip6 ? (bytes[isIpv6(bytes, l3) ? l3 + 6 : l3 + 9] ?? 0) : kind
    if (this.fragment || l4 < 0) return this
    if (hasPorts(kind))
      this.#readPorts(l4, kind === Kind.tcp4 || kind === Kind.tcp6 ? Protocol.tcp : Protocol.udp)
    else if (kind === Kind.icmp4 || kind === Kind.icmp6) this.#readIcmp(l3, l4)
    return this
  }

  /** The same number for both directions of a flow. */
  key(): number {
    const { bytes, source, destination, size, sourcePort, destinationPort } = this
    const sourceFirst = this.#order() <= 0
    const [low, high] = sourceFirst ? [source, destination] : [destination, source]
    const ports = sourceFirst ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort
    return digest
      .begin(this.fragment ? -1 : this.protocol)
      .bytes(bytes, low, low + size)
      .bytes(bytes, high, high + size)
      .word(ports)
      .value()
  }

  #order(): number {
    const { bytes, source, destination, size } = this
    for (let k = 0; k < size; k++) {
      const difference = (bytes[source + k] ?? 0) - (bytes[destination + k] ?? 0)
      if (difference !== 0) return difference
    }
    return this.sourcePort - this.destinationPort
  }

  #readAddresses(l3: number): void {
    this.source = sourceAt(this.bytes, l3)
    this.destination = destinationAt(this.bytes, l3)
    this.size = addressLength(this.bytes, l3)
    this.sourcePort = 0
    this.destinationPort = 0
  }

  #readPorts(l4: number, protocol: number): void {
    this.protocol = protocol
    this.sourcePort = u16(this.bytes, l4)
    this.destinationPort = u16(this.bytes, l4 + 2)
  }

  #readIcmp(l3: number, l4: number): void {
    const { bytes } = this
    const six = isIpv6(bytes, l3)
    const type = bytes[l4] ?? 0
    this.protocol = six ? Protocol.icmp6 : Protocol.icmp
    const { request4, reply4, request6, reply6 } = ECHO
    if (six ? type === request6 || type === reply6 : type === request4 || type === reply4) {
      this.sourcePort = u16(bytes, l4 + 4)
      this.destinationPort = this.sourcePort
      return
    }
    const quote = this.#quote
    if (!isIcmpError(type, six) || !findQuote(bytes, l4, datagramEnd(bytes, l3), six, quote)) return
    this.quoted = true
    this.#readAddresses(quote.l3)
    this.protocol = quote.protocol
    if (quote.l4 >= 0 && (quote.protocol === Protocol.tcp || quote.protocol === Protocol.udp))
      this.#readPorts(quote.l4, quote.protocol)
    else if (quote.l4 >= 0 && (quote.protocol === Protocol.icmp || quote.protocol === Protocol.icmp6)) {
      this.sourcePort = u16(bytes, quote.l4 + 4)
      this.destinationPort = this.sourcePort
    }
  }
}
