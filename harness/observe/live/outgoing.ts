import { type PacketBatch, tunnelDepth } from '../../model/batch.ts'
import { Kind, Link, Reason, Role, Verdict } from '../../model/codes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from '../../wire/checksum.ts'
import { UNKNOWN_LENGTH } from '../../wire/dissection.ts'
import { datagramEnd } from '../../wire/ip.ts'
import { readdress } from '../../wire/readdress.ts'
import { carriersIn, outermost } from '../../wire/tunnel/carriers.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { refit } from '../../wire/tunnel/refit.ts'
import { CONTROL_PORT } from '../control-frames.ts'
import { hopsAt, hopsOf, idOf, isFragment, packetKey } from './identity.ts'
import type { Markers } from './markers.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'
import type { Translations } from './translation.ts'

/** Copies of a packet that are on their way at the same time have this many different hop limits, to tell them apart. */
const COPIES = 8
/** Lower hop limits are not changed. */
const FEW_HOPS = 32

interface OutgoingParts {
  readonly offered: Offered
  readonly sent: SentPackets
  readonly translations: Translations
  readonly markers: Markers
  /** Bytes of the largest datagram that can be sent. */
  readonly largest: number
}

/** Makes outgoing datagrams from packets of a timeline, each with the tunnels around it. */
export class Outgoing {
  readonly #parts: OutgoingParts

  constructor(parts: OutgoingParts) {
    this.#parts = parts
  }

  /**
   * Adds packet `i`, which takes the road `road` (host and direction), to what is to be sent. Returns the marker that replaces it
   * if it is a control, -1 if it is a packet; undefined if it cannot be sent: it is not IP, cut within a header, or too large.
   */
  add(batch: PacketBatch, i: number, road: number): number | undefined {
    const { offered, sent, markers, translations, largest } = this.#parts
    const l3 = outermost(batch, i)
    const kind = batch.kind[i] ?? Kind.other
    if (l3 < 0 || kind === Kind.malformed || kind === Kind.cut) return undefined
    const way = (batch.flow[i] ?? -1) * 2 + (batch.direction[i] ?? 0)
    const isMarker = batch.role[i] === Role.control && isAllowed(batch, i)
    const end = (batch.start[i] ?? 0) + (batch.captured[i] ?? 0)
    const length = datagramEnd(batch.bytes, l3) - l3
    if (length > largest) return undefined
    const key = isMarker ? -1 - sent.next : packetKey(batch, i, way, 0)
    let marker = -1
    if (isMarker) marker = markers.append(offered.frames, road, kind === Kind.udp4 ? 'ipv4' : 'ipv6')
    else {
      const there = Math.min(length, end - l3)
      offered.frames.append(road, batch.time[i] ?? 0, batch.bytes, l3, l3 + there, length - there)
      translations.register(batch, i, way)
      this.#adapt(way, length > there)
      this.#tellApart(key)
      if (isFragment(kind)) {
        offered.fragments++
        translations.registerBegun(batch, i, way)
      }
    }
    const frame = offered.frames.frame(offered.frames.count - 1)
    const hops = hopsOf(frame, 0)
    const packet = batch.number[i] ?? 0
    sent.add({ key, way, road, id: idOf(frame, 0), hops, step: batch.step[i] ?? -1, packet })
    offered.index.push(i)
    offered.open++
    return marker
  }

  /** Applies the device's translation of the flow to the last frame; bytes that were not captured are zeros. */
  #adapt(way: number, cut: boolean): void {
    const { offered, translations } = this.#parts
    const change = translations.change(way)
    if (change === undefined && !cut) return
    const frame = offered.frames.frame(offered.frames.count - 1)
    const { tunnels } = offered
    if (change !== undefined) readdress(frame, Link.raw, change, tunnels)
    if (!cut) return
    const { l3, l4, protocol, kind, stack } = dissectInner(frame, Link.raw, tunnels)
    const end = Math.min(frame.length, datagramEnd(frame, l3))
    if (l4 >= 0 && !isFragment(kind)) writeTransportChecksum(frame, l3, l4, end, protocol)
    refit(frame, carriersIn(frame, 0, frame.length, UNKNOWN_LENGTH, Link.raw, tunnels, tunnelDepth(stack)))
  }

  /** Gives the last frame a different hop limit if copies of it are on their way. */
  #tellApart(key: number): void {
    const { offered, sent } = this.#parts
    const frame = offered.frames.frame(offered.frames.count - 1)
    const hops = hopsOf(frame, 0)
    // A bit for each limit, from that of the frame down.
    let taken = 0
    for (let number = sent.first(key); number >= 0; number = sent.after(number)) {
      const slot = sent.slot(number)
      const below = hops - (sent.hops[slot] ?? 0)
      const isOpen = number >= offered.first && sent.state[slot] === Verdict.undecided
      if (isOpen && below >= 0 && below < COPIES) taken |= 1 << below
    }
    let free = 0
    while (free < COPIES - 1 && (taken >> free) & 1) free++
    if (free === 0 || hops < FEW_HOPS) return
    frame[hopsAt(frame, 0)] = hops - free
    if ((frame[0] ?? 0) >> 4 === 4) writeIpv4Checksum(frame, 0)
  }
}

/** Whether a control is one that must come out. */
function isAllowed(batch: PacketBatch, i: number): boolean {
  const kind = batch.kind[i]
  const ports = batch.ports[i] ?? 0
  const { denied } = CONTROL_PORT
  return (kind === Kind.udp4 || kind === Kind.udp6) && ports >>> 16 !== denied && (ports & 0xffff) !== denied
}

/** Why a packet is not sent; what is not IP has no reason. */
export function unsentReason(kind: number, l3: number): number {
  if (kind === Kind.cut) return Reason['header not captured']
  return l3 < 0 || kind === Kind.malformed ? Reason.none : Reason['packet too big']
}
