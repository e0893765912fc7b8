import type { Emitted } from '../../model/batch.ts'
import { Link, Tcp } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { dissect } from '../../wire/dissect.ts'
import type { Dissection } from '../../wire/dissection.ts'
import { findQuote, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'

/** The offsets of a segment's headers. */
type Place = Pick<Dissection, 'l3' | 'l4'>

/** A packet that a device sends on its own: a reset, an ICMP error, or a segment in place of the other end. */
export type EmissionKind = Emitted['kind'] | 'answer'

/**
 * How well a datagram that a device sent fits one that was sent to it, both read with `tunnels`, a `Tunnels` code: from 0, not at
 * all, to 3.
 */
export function fits(
  kind: EmissionKind,
  frame: Uint8Array,
  sent: Uint8Array,
  towards: 'sender' | 'receiver',
  tunnels: number,
): number {
  if (kind === 'icmp') return quotes(frame, sent, tunnels) ? 1 : 0
  const of = dissectInner(sent, Link.raw, tunnels)
  // Of a segment in fragments, the first one has the numbers.
  if (of.protocol !== Protocol.tcp || of.l4 < 0) return 0
  const { l4 } = dissectInner(frame, Link.raw, tunnels)
  const flags = sent[of.l4 + 13] ?? 0
  if (kind !== 'tcp-rst') return towards === 'sender' && answers(frame[l4 + 13] ?? 0, flags) ? 1 : 0
  if (!resets(frame, l4, sent, of, towards)) return 0
  // A reset is rarely answered with a reset, and a reset acknowledges what arrived.
  return 1 + ((flags & Tcp.rst) === 0 ? 1 : 0) + (covers(frame, l4, sent, of) ? 1 : 0)
}

/** Whether a reset has the numbers of one about this segment (RFC 9293 3.10.7; towards the receiver, the segment's own). */
function resets(
  frame: Uint8Array,
  at: number,
  sent: Uint8Array,
  of: Place,
  towards: 'sender' | 'receiver',
): boolean {
  const { l4 } = of
  const seq = u32(frame, at + 4)
  const sentSeq = u32(sent, l4 + 4)
  if (towards === 'receiver') return seq === sentSeq
  const sentFlags = sent[l4 + 13] ?? 0
  if ((sentFlags & Tcp.ack) !== 0 && seq === u32(sent, l4 + 8)) return true
  const covered = (u32(frame, at + 8) - sentSeq) | 0
  return seq === 0 && covered >= 0 && covered <= segmentLength(sent, of, sentFlags)
}

/** Whether a reset acknowledges everything in this segment, with or without its SYN and FIN. */
function covers(frame: Uint8Array, at: number, sent: Uint8Array, of: Place): boolean {
  const { l4 } = of
  if (((frame[at + 13] ?? 0) & Tcp.ack) === 0) return false
  const covered = (u32(frame, at + 8) - u32(sent, l4 + 4)) | 0
  return covered === segmentLength(sent, of, 0) || covered === segmentLength(sent, of, sent[l4 + 13] ?? 0)
}

/** Whether a device that answers as the other end would have sent this to the segment's sender: a SYN-ACK to a SYN, else an ACK. */
function answers(flags: number, sent: number): boolean {
  return (flags & Tcp.syn) === 0 || (sent & (Tcp.syn | Tcp.ack)) === Tcp.syn
}

/** Whether a datagram, read with `tunnels`, is a reset. */
export function isReset(frame: Uint8Array, tunnels: number): boolean {
  const { l4, protocol } = dissectInner(frame, Link.raw, tunnels)
  return protocol === Protocol.tcp && l4 >= 0 && ((frame[l4 + 13] ?? 0) & Tcp.rst) !== 0
}

function segmentLength(frame: Uint8Array, { l3, l4 }: Place, flags: number): number {
  const header = ((frame[l4 + 12] ?? 0) >> 4) * 4
  const payload = datagramEnd(frame, l3) - l4 - header
  return payload + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
}

/**
 * Whether an ICMP error quotes this datagram, or the one in its tunnels: addresses and the first 8 bytes of its transport, or of
 * its payload.
 */
function quotes(error: Uint8Array, sent: Uint8Array, tunnels: number): boolean {
  const of = dissectInner(error, Link.raw, tunnels)
  const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
  const end = Math.min(error.length, datagramEnd(error, of.l3))
  if (!findQuote(error, of.l4, end, isIpv6(error, of.l3), quote)) return false
  const inner = dissectInner(sent, Link.raw, tunnels)
  if (isQuoted(error, end, quote, sent, inner)) return true
  return inner.l3 > 0 && isQuoted(error, end, quote, sent, dissect(sent, Link.raw))
}

function isQuoted(
  error: Uint8Array,
  end: number,
  quote: Quote,
  sent: Uint8Array,
  { l3, l4 }: Place,
): boolean {
  const six = isIpv6(sent, l3)
  if (isIpv6(error, quote.l3) !== six) return false
  const size = 2 * addressLength(sent, l3)
  const from = sourceAt(error, quote.l3)
  const at = sourceAt(sent, l3)
  for (let k = 0; k < size; k++) if (error[from + k] !== sent[at + k]) return false
  if (!six && u16(error, quote.l3 + 4) !== u16(sent, l3 + 4)) return false
  if (l4 < 0 || quote.l4 < 0) return quote.l4 < 0 && l4 < 0
  for (let k = 0; k < 8 && quote.l4 + k < end; k++) {
    // UDP's checksum may have been filled in on the way.
    if (quote.protocol === 17 && k >= 6) break
    if (error[quote.l4 + k] !== sent[l4 + k]) return false
  }
  return true
}
