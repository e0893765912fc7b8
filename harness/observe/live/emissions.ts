import type { Emitted, PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Tcp, Verdict } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { dissect } from '../../wire/dissect.ts'
import { findQuote, isIcmpError, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { readdress } from '../../wire/readdress.ts'
import type { LiveClock } from './clock.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'
import type { Translations } from './translation.ts'

/** How far back a packet is looked for that something was emitted about. */
const FARTHEST = 4096

/**
 * What devices send on their own: resets, ICMP errors and answers, each held to be about the latest packet that its numbers or
 * its quote fit.
 */
export class Emissions {
  readonly #offered: Offered
  readonly #sent: SentPackets
  readonly #translations: Translations
  readonly #clock: LiveClock

  constructor(offered: Offered, sent: SentPackets, translations: Translations, clock: LiveClock) {
    this.#offered = offered
    this.#sent = sent
    this.#translations = translations
    this.#clock = clock
  }

  /**
   * Takes packet `i`, heard on `arm`, as emitted by that arm's host, if it can be: a reset, or a segment that answers one which
   * did not come out, of direction `way`. False: it is neither.
   */
  takeSegment(seen: PacketBatch, i: number, arm: number, way: number): boolean {
    const flags = seen.flags[i] ?? 0
    const isReset = (flags & Tcp.rst) !== 0
    const cause = this.#latest(arm, way, (frame, l4, towards) =>
      isReset ? resets(seen, i, frame, l4, towards) : towards === 'sender' && answers(flags, frame, l4),
    )
    if (cause === undefined && !isReset) return false
    if (isReset) this.#emit(seen, i, arm, way, 'tcp-rst', cause)
    else if (cause !== undefined) this.#offered.tell(cause.index, Verdict.answered)
    return true
  }

  /** The same of an ICMP error, which quotes the packet that it is about; false: it quotes none that was sent. */
  takeError(seen: PacketBatch, i: number, arm: number): boolean {
    const six = seen.kind[i] === Kind.icmp6
    const l4 = seen.l4[i] ?? -1
    const { bytes } = seen
    if (l4 < 0 || !isIcmpError(bytes[l4] ?? 0, six)) return false
    const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
    const end = datagramEnd(bytes, seen.l3[i] ?? 0)
    if (!findQuote(bytes, l4, end, six, quote)) return false
    for (const number of this.#recent()) {
      const { index, frame } = this.#at(number)
      const road = this.#sent.road[this.#sent.slot(number)] ?? 0
      if (road >> 1 !== arm >> 1 || !quotes(bytes, quote, end, frame, six)) continue
      const way = this.#sent.way[this.#sent.slot(number)] ?? -1
      this.#emit(seen, i, arm, way ^ 1, 'icmp', { index, towards: road === arm ? 'sender' : 'receiver' })
      return true
    }
    return false
  }

  #latest(
    arm: number,
    way: number,
    fits: (frame: Uint8Array, l4: number, towards: 'sender' | 'receiver') => boolean,
  ): { readonly index: number; readonly towards: 'sender' | 'receiver' } | undefined {
    let passed: { readonly index: number; readonly towards: 'sender' | 'receiver' } | undefined
    for (const number of this.#recent()) {
      const slot = this.#sent.slot(number)
      const road = this.#sent.road[slot] ?? 0
      const sentWay = this.#sent.way[slot] ?? -1
      if (road >> 1 !== arm >> 1 || sentWay >> 1 !== way >> 1) continue
      const towards = sentWay === way ? 'receiver' : 'sender'
      const { index, frame } = this.#at(number)
      const { l4, kind } = dissect(frame, Link.raw)
      if ((kind !== Kind.tcp4 && kind !== Kind.tcp6) || !fits(frame, l4, towards)) continue
      if (this.#sent.state[slot] !== Verdict.forward) return { index, towards }
      passed ??= { index, towards }
    }
    return passed
  }

  /** Numbers of packets of this chunk that were sent, latest first. */
  *#recent(): Generator<number> {
    const { first } = this.#offered
    const last = this.#sent.next - 1
    for (let number = last; number >= Math.max(first, last - FARTHEST); number--)
      if (this.#offered.indexOf(number) >= 0) yield number
  }

  #at(number: number): { readonly index: number; readonly frame: Uint8Array } {
    return { index: this.#offered.indexOf(number), frame: this.#offered.frameOf(number) }
  }

  #emit(
    seen: PacketBatch,
    i: number,
    arm: number,
    way: number,
    kind: Emitted['kind'],
    cause: { readonly index: number; readonly towards: 'sender' | 'receiver' } | undefined,
  ): void {
    const l3 = seen.l3[i] ?? 0
    const frame = seen.bytes.slice(l3, Math.min(datagramEnd(seen.bytes, l3), endOf(seen, i)))
    if (cause !== undefined) this.#restore(frame, way, cause)
    const { l4 } = dissect(frame, Link.raw)
    const isReset = kind === 'tcp-rst'
    const emitted: Emitted = {
      cause: cause?.index ?? -1,
      kind,
      to: cause?.towards ?? (arm & 1 ? 'server' : 'client'),
      ...(cause === undefined ? { flow: way >> 1 } : {}),
      by: arm >> 1,
      at: this.#clock.timeline(seen.time[i] ?? 0),
      frame,
      link: Link.raw,
      seq: isReset ? u32(frame, l4 + 4) : 0,
      ack: isReset ? u32(frame, l4 + 8) : 0,
    }
    this.#offered.emitted.push(emitted)
    if (cause !== undefined) this.#offered.tell(cause.index, Verdict.reject)
  }

  /** Gives what was emitted about a packet the addresses and numbers that its ends know, where a device translates. */
  #restore(
    frame: Uint8Array,
    way: number,
    cause: { readonly index: number; readonly towards: string },
  ): void {
    const { batch } = this.#offered
    if (!this.#translations.any || batch === undefined) return
    const { index, towards } = cause
    const l3 = batch.l3[index] ?? 0
    const l4 = batch.l4[index] ?? -1
    const size = addressLength(batch.bytes, l3)
    const ends = [
      end(batch, sourceAt(batch.bytes, l3), size, l4),
      end(batch, destinationAt(batch.bytes, l3), size, l4 < 0 ? -1 : l4 + 2),
    ] as const
    const [source, destination] = towards === 'sender' ? [ends[1], ends[0]] : ends
    const shift =
      towards === 'sender'
        ? (this.#translations.change(way ^ 1)?.ackDelta ?? 0)
        : this.#translations.seqDelta(way)
    if (size === (isIpv6(frame, 0) ? 16 : 4))
      readdress(frame, Link.raw, { source, destination, seqDelta: -shift })
  }
}

function end(batch: PacketBatch, at: number, size: number, port: number) {
  const address = batch.bytes.slice(at, at + size)
  return port < 0 ? { address } : { address, port: u16(batch.bytes, port) }
}

function endOf(batch: PacketBatch, i: number): number {
  return (batch.start[i] ?? 0) + (batch.captured[i] ?? 0)
}

/** Whether a reset's numbers are those of one about this segment (RFC 9293 3.10.7; towards the receiver, the segment's own). */
function resets(seen: PacketBatch, i: number, frame: Uint8Array, l4: number, towards: string): boolean {
  const at = seen.l4[i] ?? 0
  const seq = u32(seen.bytes, at + 4)
  const sentSeq = u32(frame, l4 + 4)
  if (towards === 'receiver') return seq === sentSeq
  const sentFlags = frame[l4 + 13] ?? 0
  if ((sentFlags & Tcp.ack) !== 0 && seq === u32(frame, l4 + 8)) return true
  const length = segmentLength(frame, l4, sentFlags)
  const covered = (u32(seen.bytes, at + 8) - sentSeq) | 0
  return seq === 0 && covered >= 0 && covered <= length
}

/** Whether a device that answers as the other end would have sent this to the sender of that: a SYN-ACK to a SYN, else an ACK. */
function answers(flags: number, frame: Uint8Array, l4: number): boolean {
  const sent = frame[l4 + 13] ?? 0
  if ((flags & Tcp.ack) === 0) return false
  return (flags & Tcp.syn) === 0 || (sent & (Tcp.syn | Tcp.ack)) === Tcp.syn
}

function segmentLength(frame: Uint8Array, l4: number, flags: number): number {
  const header = ((frame[l4 + 12] ?? 0) >> 4) * 4
  const payload = datagramEnd(frame, 0) - l4 - header
  return payload + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
}

/** Whether what an ICMP error quotes is this datagram: addresses and the first 8 bytes of its transport, or of its payload. */
function quotes(bytes: Uint8Array, quote: Quote, end: number, frame: Uint8Array, six: boolean): boolean {
  if (six !== isIpv6(frame, 0)) return false
  const size = 2 * addressLength(frame, 0)
  const from = sourceAt(bytes, quote.l3)
  const at = sourceAt(frame, 0)
  for (let k = 0; k < size; k++) if (bytes[from + k] !== frame[at + k]) return false
  if (!six && u16(bytes, quote.l3 + 4) !== u16(frame, 4)) return false
  const sent = dissect(frame, Link.raw).l4
  if (sent < 0 || quote.l4 < 0) return quote.l4 < 0 && sent < 0
  for (let k = 0; k < 8 && quote.l4 + k < end; k++) {
    // UDP's checksum may have been filled in on the way.
    if (quote.protocol === 17 && k >= 6) break
    if (bytes[quote.l4 + k] !== frame[sent + k]) return false
  }
  return true
}
