import type { Emitted } from '../../model/batch.ts'
import { Link, Tcp } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { dissect } from '../../wire/dissect.ts'
import { findQuote, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'

/** What a device sends on its own: a reset, an ICMP error, or a segment in the name of the other end. */
export type EmissionKind = Emitted['kind'] | 'answer'

/** How well a datagram that a device sent can be about one that was sent into it: 0, not at all, to 3. */
export function fits(
  kind: EmissionKind,
  frame: Uint8Array,
  sent: Uint8Array,
  towards: 'sender' | 'receiver',
): number {
  if (kind === 'icmp') return quotes(frame, sent) ? 1 : 0
  const of = dissect(sent, Link.raw)
  // Of a segment in fragments, the first one has the numbers.
  if (of.protocol !== Protocol.tcp || of.l4 < 0) return 0
  const { l4 } = dissect(frame, Link.raw)
  const flags = sent[of.l4 + 13] ?? 0
  if (kind !== 'tcp-rst') return towards === 'sender' && answers(frame[l4 + 13] ?? 0, flags) ? 1 : 0
  if (!resets(frame, l4, sent, of.l4, towards)) return 0
  // A reset is rarely answered with one, and what a reset acknowledges is what came.
  return 1 + ((flags & Tcp.rst) === 0 ? 1 : 0) + (covers(frame, l4, sent, of.l4) ? 1 : 0)
}

/** Whether a reset's numbers are those of one about this segment (RFC 9293 3.10.7; towards the receiver, the segment's own). */
function resets(
  frame: Uint8Array,
  at: number,
  sent: Uint8Array,
  l4: number,
  towards: 'sender' | 'receiver',
): boolean {
  const seq = u32(frame, at + 4)
  const sentSeq = u32(sent, l4 + 4)
  if (towards === 'receiver') return seq === sentSeq
  const sentFlags = sent[l4 + 13] ?? 0
  if ((sentFlags & Tcp.ack) !== 0 && seq === u32(sent, l4 + 8)) return true
  const covered = (u32(frame, at + 8) - sentSeq) | 0
  return seq === 0 && covered >= 0 && covered <= segmentLength(sent, l4, sentFlags)
}

/** Whether a reset acknowledges all that this segment carries, its SYN and FIN with it or not. */
function covers(frame: Uint8Array, at: number, sent: Uint8Array, l4: number): boolean {
  if (((frame[at + 13] ?? 0) & Tcp.ack) === 0) return false
  const covered = (u32(frame, at + 8) - u32(sent, l4 + 4)) | 0
  return covered === segmentLength(sent, l4, 0) || covered === segmentLength(sent, l4, sent[l4 + 13] ?? 0)
}

/** Whether a device that answers as the other end would have sent this to the sender of that: a SYN-ACK to a SYN, else an ACK. */
function answers(flags: number, sent: number): boolean {
  return (flags & Tcp.syn) === 0 || (sent & (Tcp.syn | Tcp.ack)) === Tcp.syn
}

/** Whether a datagram is a reset. */
export function isReset(frame: Uint8Array): boolean {
  const { l4, protocol } = dissect(frame, Link.raw)
  return protocol === Protocol.tcp && l4 >= 0 && ((frame[l4 + 13] ?? 0) & Tcp.rst) !== 0
}

function segmentLength(frame: Uint8Array, l4: number, flags: number): number {
  const header = ((frame[l4 + 12] ?? 0) >> 4) * 4
  const payload = datagramEnd(frame, 0) - l4 - header
  return payload + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
}

/** Whether what an ICMP error quotes is this datagram: addresses and the first 8 bytes of its transport, or of its payload. */
function quotes(error: Uint8Array, sent: Uint8Array): boolean {
  const six = isIpv6(sent, 0)
  const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
  const end = Math.min(error.length, datagramEnd(error, 0))
  if (isIpv6(error, 0) !== six) return false
  if (!findQuote(error, dissect(error, Link.raw).l4, end, six, quote)) return false
  const size = 2 * addressLength(sent, 0)
  const from = sourceAt(error, quote.l3)
  const at = sourceAt(sent, 0)
  for (let k = 0; k < size; k++) if (error[from + k] !== sent[at + k]) return false
  if (!six && u16(error, quote.l3 + 4) !== u16(sent, 4)) return false
  const { l4 } = dissect(sent, Link.raw)
  if (l4 < 0 || quote.l4 < 0) return quote.l4 < 0 && l4 < 0
  for (let k = 0; k < 8 && quote.l4 + k < end; k++) {
    // UDP's checksum may have been filled in on the way.
    if (quote.protocol === 17 && k >= 6) break
    if (error[quote.l4 + k] !== sent[l4 + k]) return false
  }
  return true
}
