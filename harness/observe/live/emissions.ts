import type { Emitted, PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Tcp, Verdict } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { dissect } from '../../wire/dissect.ts'
import { findQuote, isIcmpError, type Quote } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { readdress } from '../../wire/readdress.ts'
import type { LiveClock } from './clock.ts'
import { fragmentOf } from './identity.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'
import type { Translations } from './translation.ts'

/** Something that a host sent on its own, before it is known about which packet. */
interface Heard {
  readonly kind: Emitted['kind'] | 'answer'
  readonly arm: number
  /** Flow * 2 + direction that it travelled in. */
  readonly way: number
  readonly at: number
  readonly frame: Uint8Array
}

interface Cause {
  readonly index: number
  readonly towards: 'sender' | 'receiver'
}

/**
 * What devices send on their own: resets, ICMP errors and answers, each held to be about the first packet that it fits by numbers or
 * quote: rather one that did not come out, and rather one whose sender it went to. That is decided once it is known what came out.
 */
export class Emissions {
  readonly #offered: Offered
  readonly #sent: SentPackets
  readonly #translations: Translations
  readonly #clock: LiveClock
  #heard: Heard[] = []

  constructor(offered: Offered, sent: SentPackets, translations: Translations, clock: LiveClock) {
    this.#offered = offered
    this.#sent = sent
    this.#translations = translations
    this.#clock = clock
  }

  /**
   * Takes packet `i`, heard on `arm`, as emitted by that arm's host, if it can be: a reset, or a segment with an acknowledgement, which
   * may answer one that did not come out. False: it is neither.
   */
  takeSegment(seen: PacketBatch, i: number, arm: number, way: number): boolean {
    const flags = seen.flags[i] ?? 0
    if ((flags & (Tcp.rst | Tcp.ack)) === 0) return false
    this.#keep(seen, i, arm, way, (flags & Tcp.rst) === 0 ? 'answer' : 'tcp-rst')
    return true
  }

  /** The same of an ICMP error; false: it quotes nothing that was sent by that host in this chunk. */
  takeError(seen: PacketBatch, i: number, arm: number): boolean {
    const six = seen.kind[i] === Kind.icmp6
    const l4 = seen.l4[i] ?? -1
    if (l4 < 0 || !isIcmpError(seen.bytes[l4] ?? 0, six)) return false
    this.#keep(seen, i, arm, -1, 'icmp')
    return true
  }

  /** Finds the causes of all that was heard, tells of the packets, and counts what is about none of them as the host's own doing. */
  attribute(): void {
    if (this.#heard.length === 0) return
    const heard = this.#heard
    this.#heard = []
    const byHost = this.#sentByHost()
    for (const each of heard) {
      const cause = this.#causeOf(each, byHost.get(each.arm >> 1) ?? [])
      if (each.kind === 'answer') {
        if (cause === undefined)
          this.#offered.note({
            kind: 'stray',
            index: -1,
            step: -1,
            flow: each.way >> 1,
            after: this.#clock.timeline(each.at),
          })
        else this.#offered.tell(cause.index, Verdict.answered)
      } else this.#emit(each, each.kind, cause)
    }
  }

  clear(): void {
    this.#heard = []
  }

  #keep(seen: PacketBatch, i: number, arm: number, way: number, kind: Heard['kind']): void {
    const l3 = seen.l3[i] ?? 0
    const frame = seen.bytes.slice(l3, Math.min(datagramEnd(seen.bytes, l3), endOf(seen, i)))
    this.#heard.push({ kind, arm, way, at: seen.time[i] ?? 0, frame })
  }

  /** Numbers of this chunk's packets by host, those that came out last. */
  #sentByHost(): Map<number, number[]> {
    const missing = new Map<number, number[]>()
    const passed: number[] = []
    const put = (number: number) => {
      const host = (this.#sent.road[this.#sent.slot(number)] ?? 0) >> 1
      const list = missing.get(host)
      if (list === undefined) missing.set(host, [number])
      else list.push(number)
    }
    for (let number = this.#offered.first; number < this.#sent.next; number++)
      if (this.#sent.state[this.#sent.slot(number)] === Verdict.forward) passed.push(number)
      else put(number)
    for (const number of passed) put(number)
    return missing
  }

  #causeOf(heard: Heard, numbers: readonly number[]): Cause | undefined {
    let best: Cause | undefined
    let most = 0
    for (const number of numbers) {
      const slot = this.#sent.slot(number)
      const sentWay = this.#sent.way[slot] ?? -1
      if ((this.#sent.at[slot] ?? 0) > heard.at) continue
      if (heard.kind !== 'icmp' && sentWay >> 1 !== heard.way >> 1) continue
      const towards = this.#sent.road[slot] === heard.arm ? 'sender' : 'receiver'
      const fit = fits(heard, this.#offered.frameOf(number), towards)
      if (fit === 0) continue
      const cause = { index: this.#offered.indexOf(this.#lastPiece(number)), towards } as const
      const isTold = this.#offered.told[cause.index] !== undefined
      const passed = this.#sent.state[slot] === Verdict.forward
      const rank = fit + (isTold ? 0 : (towards === 'sender' ? 20 : 10) + (passed ? 0 : 5))
      if (rank <= most) continue
      most = rank
      best = cause
    }
    return best
  }

  /** The last fragment sent of the datagram that a packet begins, which is the one that it was rejected with; else the packet itself. */
  #lastPiece(number: number): number {
    if (this.#offered.fragments === 0) return number
    const { id, more } = fragmentOf(this.#offered.frameOf(number), 0)
    if (!more) return number
    const way = this.#sent.way[this.#sent.slot(number)]
    let last = number
    for (let other = number + 1; other < this.#sent.next; other++) {
      if (this.#sent.way[this.#sent.slot(other)] !== way) continue
      const piece = fragmentOf(this.#offered.frameOf(other), 0)
      if (piece.offset > 0 && piece.id === id) last = other
    }
    return last
  }

  #emit({ arm, way, at, frame }: Heard, kind: Emitted['kind'], cause: Cause | undefined): void {
    if (cause !== undefined) this.#restore(frame, way, cause)
    const { l4 } = dissect(frame, Link.raw)
    const isReset = kind === 'tcp-rst'
    this.#offered.emitted.push({
      cause: cause?.index ?? -1,
      kind,
      to: cause?.towards ?? (arm & 1 ? 'server' : 'client'),
      ...(cause === undefined ? { flow: way >> 1 } : {}),
      by: arm >> 1,
      at: this.#clock.timeline(at),
      frame,
      link: Link.raw,
      seq: isReset ? u32(frame, l4 + 4) : 0,
      ack: isReset ? u32(frame, l4 + 8) : 0,
    })
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

/** How well what was heard can be about this datagram: 0, not at all, to 3. */
function fits({ kind, frame }: Heard, sent: Uint8Array, towards: Cause['towards']): number {
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
  towards: Cause['towards'],
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
