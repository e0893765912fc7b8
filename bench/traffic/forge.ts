import { putU16, putU32 } from '../../harness/wire/bytes.ts'
import { fold, sumAddresses, sumWords, writeIpv4Checksum } from '../../harness/wire/checksum.ts'
import { EtherType, Protocol } from '../../harness/wire/numbers.ts'
import type { Endpoints } from './endpoints.ts'
import type { PayloadPool } from './payload.ts'

const LARGEST_FRAME = 9000
const CLIENT_SIDE = Uint8Array.of(2, 0, 0, 0, 0, 0xc1)
const SERVER_SIDE = Uint8Array.of(2, 0, 0, 0, 0, 0x51)
const DONT_FRAGMENT = 0x4000
const WINDOW = 501
/** NOP, NOP, timestamps (RFC 7323 appendix A). */
const TIMESTAMPS = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0)
/** MSS 1460, SACK permitted, timestamps, NOP, window scale 7: what Linux sends. */
const SYN_OPTIONS = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7)

/** The numbers of one TCP segment. */
export interface SegmentNumbers {
  seq: number
  ack: number
  flags: number
  timestamp: number
  echo: number
}

/** Makes whole frames with right checksums, one at a time, in one buffer. */
export class FrameForge {
  readonly bytes = new Uint8Array(LARGEST_FRAME)
  /** Bytes of the frame made last. */
  length = 0
  readonly #pool: PayloadPool
  #id = 0

  constructor(pool: PayloadPool) {
    this.#pool = pool
  }

  /** A TCP segment; a SYN has the options of an opening, every other one timestamps alone. `payload` indexes the pool. */
  tcp(
    ends: Endpoints,
    fromClient: boolean,
    numbers: SegmentNumbers,
    opening: boolean,
    payload: number,
    size: number,
  ): void {
    const { bytes } = this
    const options = opening ? SYN_OPTIONS : TIMESTAMPS
    const header = 20 + options.length
    const l4 = this.#begin(ends, fromClient, Protocol.tcp, header + size)
    this.#ports(ends, fromClient, l4)
    putU32(bytes, l4 + 4, numbers.seq)
    putU32(bytes, l4 + 8, numbers.ack)
    bytes[l4 + 12] = header << 2
    bytes[l4 + 13] = numbers.flags
    putU16(bytes, l4 + 14, opening ? 0xfaf0 : WINDOW)
    putU32(bytes, l4 + 16, 0)
    bytes.set(options, l4 + 20)
    const timestamps = l4 + (opening ? 28 : 24)
    putU32(bytes, timestamps, numbers.timestamp)
    putU32(bytes, timestamps + 4, numbers.echo)
    this.#finish(ends, l4, header, Protocol.tcp, 16, payload, size)
  }

  udp(ends: Endpoints, fromClient: boolean, payload: number, size: number): void {
    const l4 = this.#begin(ends, fromClient, Protocol.udp, 8 + size)
    this.#ports(ends, fromClient, l4)
    putU16(this.bytes, l4 + 4, 8 + size)
    putU16(this.bytes, l4 + 6, 0)
    this.#finish(ends, l4, 8, Protocol.udp, 6, payload, size)
  }

  /** An echo request of the client or the reply to it, `sequence` from 0. */
  echo(ends: Endpoints, fromClient: boolean, sequence: number, payload: number, size: number): void {
    const protocol = ends.ipv6 ? Protocol.icmp6 : Protocol.icmp
    const l4 = this.#begin(ends, fromClient, protocol, 8 + size)
    this.bytes[l4] = ends.ipv6 ? (fromClient ? 128 : 129) : fromClient ? 8 : 0
    this.bytes[l4 + 1] = 0
    putU16(this.bytes, l4 + 2, 0)
    putU16(this.bytes, l4 + 4, ends.clientPort)
    putU16(this.bytes, l4 + 6, sequence)
    this.#finish(ends, l4, 8, protocol, 2, payload, size)
  }

  /** Writes link and IP headers of a datagram with `size` bytes behind them; gives where these go. */
  #begin(ends: Endpoints, fromClient: boolean, protocol: number, size: number): number {
    const { bytes } = this
    bytes.set(fromClient ? SERVER_SIDE : CLIENT_SIDE, 0)
    bytes.set(fromClient ? CLIENT_SIDE : SERVER_SIDE, 6)
    const l3 = networkOffset(ends)
    if (ends.vlan > 0) {
      putU16(bytes, 12, EtherType.vlan)
      putU16(bytes, 14, ends.vlan)
    }
    putU16(bytes, l3 - 2, ends.ipv6 ? EtherType.ipv6 : EtherType.ipv4)
    const source = fromClient ? ends.client : ends.server
    const destination = fromClient ? ends.server : ends.client
    if (ends.ipv6) {
      putU32(bytes, l3, 0x6000_0000)
      putU16(bytes, l3 + 4, size)
      bytes[l3 + 6] = protocol
      bytes[l3 + 7] = 64
      bytes.set(source, l3 + 8)
      bytes.set(destination, l3 + 24)
      return l3 + 40
    }
    putU16(bytes, l3, 0x4500)
    putU16(bytes, l3 + 2, 20 + size)
    putU16(bytes, l3 + 4, this.#id++)
    putU16(bytes, l3 + 6, protocol === Protocol.udp ? 0 : DONT_FRAGMENT)
    bytes[l3 + 8] = 64
    bytes[l3 + 9] = protocol
    bytes.set(source, l3 + 12)
    bytes.set(destination, l3 + 16)
    writeIpv4Checksum(bytes, l3)
    return l3 + 20
  }

  #ports(ends: Endpoints, fromClient: boolean, l4: number): void {
    putU16(this.bytes, l4, fromClient ? ends.clientPort : ends.serverPort)
    putU16(this.bytes, l4 + 2, fromClient ? ends.serverPort : ends.clientPort)
  }

  /** Appends the payload and writes the checksum, whose field is at l4 + `field` and 0 until now. */
  #finish(
    ends: Endpoints,
    l4: number,
    header: number,
    protocol: number,
    field: number,
    payload: number,
    size: number,
  ): void {
    const { bytes } = this
    bytes.set(this.#pool.bytes.subarray(payload, payload + size), l4 + header)
    const pseudo =
      protocol === Protocol.icmp ? 0 : sumAddresses(bytes, networkOffset(ends)) + protocol + header + size
    const sum = pseudo + sumWords(bytes, l4, l4 + header) + this.#pool.sum(payload, size)
    const value = ~fold(sum) & 0xffff
    putU16(bytes, l4 + field, protocol === Protocol.udp && value === 0 ? 0xffff : value)
    this.length = l4 + header + size
  }
}

/** Offset of the IP header in frames of these ends. */
export function networkOffset(ends: Endpoints): number {
  return ends.vlan > 0 ? 18 : 14
}
