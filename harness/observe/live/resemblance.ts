import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Tcp, Verdict } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { addressLength, datagramEnd, destinationAt, sourceAt } from '../../wire/ip.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'

const TELLING = Tcp.fin | Tcp.syn | Tcp.rst | Tcp.ack

/**
 * Number of the packet that packet `i` resembles most, of those sent on `road` whose fate is unknown, if the resemblance is at least
 * `least`; `way`: only of that flow and direction, unless it is -1. -1: there is none.
 */
export function mostAlike(
  sent: SentPackets,
  offered: Offered,
  road: number,
  way: number,
  seen: PacketBatch,
  i: number,
  least: number,
): number {
  let [best, most] = [-1, least - 1]
  for (let number = offered.first; number < sent.next; number++) {
    const slot = sent.slot(number)
    if (sent.road[slot] !== road || sent.state[slot] !== Verdict.undecided) continue
    if (way >= 0 && sent.way[slot] !== way) continue
    const likeness = resemblance(offered.frameOf(number), seen, i)
    if (likeness <= most) continue
    most = likeness
    best = number
  }
  return best
}

/** The resemblance of a segment with the same ends, numbers, flags and payload. */
export const EXACT = 18

/**
 * How much packet `i`, which came out, resembles a datagram that was sent, if addresses, ports, a connection's first number or
 * a payload may have been changed; 0 if it cannot be a copy of it. At least one end must be the same, and the numbers of a
 * connection that has begun.
 */
function resemblance(sent: Uint8Array, seen: PacketBatch, i: number): number {
  const { l3: at3, l4, kind } = dissectInner(sent, Link.raw, seen.tunnels)
  if (kind !== seen.kind[i] || l4 < 0) return 0
  const { bytes } = seen
  const l3 = seen.l3[i] ?? 0
  const at = seen.l4[i] ?? 0
  const size = addressLength(sent, at3)
  const ports = kind >= Kind.tcp4 && kind <= Kind.udp6
  const source = same(sent, sourceAt(sent, at3), bytes, sourceAt(bytes, l3), size)
  const destination = same(sent, destinationAt(sent, at3), bytes, destinationAt(bytes, l3), size)
  const length = datagramEnd(sent, at3) - l4
  const payloadSame = same(
    sent,
    l4 + length - (seen.payload[i] ?? 0),
    bytes,
    at + lengthOf(seen, i) - (seen.payload[i] ?? 0),
    seen.payload[i] ?? 0,
  )
  if (!source && !destination) return 0
  let score = (source ? 4 : 0) + (destination ? 4 : 0) + (payloadSame ? 2 : 0)
  if (ports)
    score += (u16(sent, l4) === u16(bytes, at) ? 2 : 0) + (u16(sent, l4 + 2) === u16(bytes, at + 2) ? 2 : 0)
  if (kind === Kind.tcp4 || kind === Kind.tcp6) {
    const flags = (sent[l4 + 13] ?? 0) & TELLING
    if (flags !== ((seen.flags[i] ?? 0) & TELLING)) return 0
    const number = u32(sent, l4 + 4) === u32(bytes, at + 4)
    if (!number && (flags & Tcp.syn) === 0) return 0
    return score + (number ? 3 : 0) + (u32(sent, l4 + 8) === u32(bytes, at + 8) ? 1 : 0)
  }
  if (kind === Kind.icmp4 || kind === Kind.icmp6)
    // An echo may get another identifier; its sequence number and data stay.
    return u16(sent, l4) === u16(bytes, at) && same(sent, l4 + 6, bytes, at + 6, Math.max(2, length - 6))
      ? score
      : 0
  return payloadSame || (source && destination) ? score : 0
}

function lengthOf(seen: PacketBatch, i: number): number {
  return datagramEnd(seen.bytes, seen.l3[i] ?? 0) - (seen.l4[i] ?? 0)
}

function same(a: Uint8Array, from: number, b: Uint8Array, at: number, length: number): boolean {
  for (let k = 0; k < length; k++) if (a[from + k] !== b[at + k]) return false
  return true
}
