import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Tunnels } from '../../model/codes.ts'
import { sameBytes } from '../../wire/bytes.ts'
import { dissectFrame } from '../../wire/dissect.ts'
import { newDissection } from '../../wire/dissection.ts'
import { datagramEnd, destinationAt, isIpv6 } from '../../wire/ip.ts'
import { findNetwork, newNetworkStart } from '../../wire/links.ts'
import { Protocol } from '../../wire/numbers.ts'
import { mayBeTunnel } from '../../wire/tunnel/enter.ts'
import { changeDatagram } from './datagram.ts'
import type { PayloadWord } from './filler.ts'
import type { Datagram } from './form.ts'
import { formOf } from './form-of.ts'
import { changeLink } from './links.ts'
import { type Maps, mapsOf } from './maps.ts'
import { changeOther } from './other-frames.ts'
import { Traces } from './traces.ts'
import { changeTunnels } from './tunnels.ts'

/** ICMPv6 neighbour solicitation (RFC 4861 4.3). */
const SOLICITATION = 135

/** Replaces what tells who talked in the frames of batches, in place: see docs/captures.md for what becomes of what. */
export class Anonymiser {
  readonly maps: Maps
  /** What stays and may tell something. */
  readonly traces = new Traces()
  readonly #network = newNetworkStart()
  readonly #found = newDissection()
  readonly #group = new Uint8Array(16)

  /** `key`: 32 bytes; equal keys give equal addresses. */
  constructor(key: Uint8Array, payload: PayloadWord) {
    this.maps = mapsOf(key, payload)
  }

  /** Changes the frames of a batch that was decoded with `Tunnels.outer`. */
  change(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) this.#changePacket(batch, i)
  }

  #changePacket(batch: PacketBatch, i: number): void {
    const { bytes } = batch
    const start = batch.start[i] ?? 0
    const end = start + (batch.captured[i] ?? 0)
    const link = batch.link[i] ?? 0
    const l3 = batch.l3[i] ?? -1
    const kind = batch.kind[i] ?? 0
    this.traces.note(batch, i)
    if (l3 < 0) {
      findNetwork(bytes, start, end, link, this.#network)
      changeOther(bytes, this.#network, end, this.maps)
      changeLink(bytes, start, end, link, this.maps)
      return
    }
    const grouped = link === Link.ethernet && ((bytes[start] ?? 0) & 1) === 1
    const group = grouped ? this.#ownGroup(bytes, start, l3) : 0
    changeLink(bytes, start, end, link, this.maps)
    const stop = datagramEnd(bytes, l3)
    if (stop < end) bytes.fill(0, stop, end)
    const l4 = batch.l4[i] ?? -1
    const isUdp = kind === Kind.udp4 || kind === Kind.udp6
    if (isUdp) this.maps.filler.fill(bytes, Math.max(udpEnd(bytes, l4), l4 + 8), Math.min(stop, end))
    // Whoever asks for a neighbour does so at a group that is named by the end of its address.
    if (kind === Kind.icmp6 && bytes[l4] === SOLICITATION && l4 + 24 <= end)
      this.maps.addresses.learn6(bytes, l4 + 8)
    const open =
      (isUdp && mayBeTunnel(bytes, l4, batch.payload[i] ?? 0)) || kind === Kind.ip4 || kind === Kind.ip6
    if (!open || !this.#changeTunnels(batch, i, start, end, link))
      changeDatagram(bytes, this.#datagramOf(batch, i, l3, l4, kind, stop, end), end, this.maps)
    if (group > 0) this.#writeGroup(bytes, start, l3, group)
  }

  #datagramOf(
    { bytes, start, original, link }: PacketBatch,
    i: number,
    l3: number,
    l4: number,
    kind: number,
    stop: number,
    end: number,
  ): Datagram {
    const at = start[i] ?? 0
    if (kind === Kind.tcp4 || kind === Kind.tcp6)
      return { l3, l4, protocol: Protocol.tcp, stop, form: 'whole' }
    if (kind === Kind.udp4 || kind === Kind.udp6)
      return { l3, l4, protocol: Protocol.udp, stop: udpEnd(bytes, l4), form: 'whole' }
    dissectFrame(bytes, at, end - at, original[i] ?? 0, link[i] ?? 0, this.#found)
    return { l3, l4, protocol: this.#found.protocol, stop, form: formOf(this.#found) }
  }

  #changeTunnels(batch: PacketBatch, i: number, start: number, end: number, link: number): boolean {
    const changed = changeTunnels(
      batch.bytes,
      start,
      end,
      batch.original[i] ?? 0,
      link,
      Tunnels.innerWithIpv4InIpv4,
      this.maps,
    )
    if (changed) this.traces.tunnels++
    return changed
  }

  /** How many bytes of the group's IP address its hardware address ends with (RFC 1112 6.4, RFC 2464 7); 0: it has none of them. */
  #ownGroup(bytes: Uint8Array, start: number, l3: number): number {
    const six = isIpv6(bytes, l3)
    const size = six ? 4 : 3
    const to = destinationAt(bytes, l3) + (six ? 16 : 4)
    if (six ? bytes[start] !== 0x33 : bytes[start] !== 0x01 || bytes[start + 2] !== 0x5e) return 0
    const group = this.#group
    for (let k = 0; k < size; k++) group[k] = bytes[to - size + k] ?? 0
    if (!six) group[0] = (group[0] ?? 0) & 0x7f
    return sameBytes(group.subarray(0, size), bytes.subarray(start + 6 - size, start + 6)) ? size : 0
  }

  #writeGroup(bytes: Uint8Array, start: number, l3: number, size: number): void {
    const to = destinationAt(bytes, l3) + (size === 4 ? 16 : 4)
    for (let k = 0; k < size; k++) bytes[start + 6 - size + k] = bytes[to - size + k] ?? 0
    if (size === 3) bytes[start + 3] = (bytes[start + 3] ?? 0) & 0x7f
  }
}

/** Behind the UDP datagram by its own length; what is between that and the IP datagram's end is nobody's. */
function udpEnd(bytes: Uint8Array, l4: number): number {
  return l4 + (((bytes[l4 + 4] ?? 0) << 8) | (bytes[l4 + 5] ?? 0))
}
