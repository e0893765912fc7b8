import type { Emitted, PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Tcp, Verdict } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { isIcmpError } from '../../wire/icmp.ts'
import { addressLength, datagramEnd, destinationAt, sourceAt } from '../../wire/ip.ts'
import { readdress } from '../../wire/readdress.ts'
import { isReassemblyTimeout } from '../../wire/time-exceeded.ts'
import { outermost } from '../../wire/tunnel/carriers.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { type EmissionKind, fits, isReset } from './about.ts'
import type { LiveClock } from './clock.ts'
import { type FragmentIdentity, fragmentOf } from './identity.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'
import type { Translations } from './translation.ts'

/** A packet that a host sent on its own, before it is known which packet it is about. */
interface Heard {
  readonly kind: EmissionKind
  readonly arm: number
  /** Flow * 2 + direction in which it travelled. */
  readonly way: number
  /** Its flow; -1: unknown. */
  readonly flow: number
  readonly at: number
  readonly frame: Uint8Array
  /** Set if it may be a packet that came out: takes it as that packet. */
  readonly otherwise?: Otherwise | undefined
}

type Otherwise = (frame: Uint8Array, at: number) => void

interface Cause {
  readonly index: number
  readonly towards: 'sender' | 'receiver'
  /** It came out, or something else is about it already. */
  readonly settled: boolean
}

/**
 * Packets that devices send on their own: resets, ICMP errors and answers. Each is assigned to the first packet that it fits by numbers or
 * quotation, preferably one that did not come out and whose sender it went to. This is decided once it is known what came out.
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
   * Takes packet `i`, heard on `arm`, as emitted by that arm's host, if possible: a reset, or a segment with an acknowledgement, which
   * may answer a packet that did not come out. False: it is neither.
   */
  takeSegment(seen: PacketBatch, i: number, arm: number, way: number): boolean {
    const flags = seen.flags[i] ?? 0
    if ((flags & (Tcp.rst | Tcp.ack)) === 0) return false
    this.#keep(seen, i, arm, way, (flags & Tcp.rst) === 0 ? 'answer' : 'tcp-rst')
    return true
  }

  /**
   * Takes packet `i`, a reset that may also be a copy of one that was sent, as emitted, if it can be about a packet that is not a reset.
   * If that packet has come out, or another reset is about it, when causes are assigned, the reset is passed to `otherwise`.
   */
  takeDoubtful(seen: PacketBatch, i: number, arm: number, way: number, otherwise: Otherwise): boolean {
    const heard = this.#heardOf(seen, i, arm, way, 'tcp-rst', otherwise)
    const cause = this.#causeOf(heard, this.#sentByHost().get(arm >> 1) ?? [])
    if (cause?.settled !== false) return false
    this.#heard.push(heard)
    return true
  }

  /** Takes an ICMP error as emitted; false: it quotes nothing that was sent through that host in this chunk. */
  takeError(seen: PacketBatch, i: number, arm: number): boolean {
    const six = seen.kind[i] === Kind.icmp6
    const l4 = seen.l4[i] ?? -1
    if (l4 < 0 || !isIcmpError(seen.bytes[l4] ?? 0, six)) return false
    const heard = this.#heardOf(seen, i, arm, -1, 'icmp')
    this.#heard.push({ ...heard, flow: this.#translations.quotedWay(seen, i) >> 1 })
    return true
  }

  /** Assigns causes to everything heard, records the packets, and counts those without a cause as the host's own. */
  attribute(): void {
    if (this.#heard.length === 0) return
    const heard = this.#heard
    this.#heard = []
    const byHost = this.#sentByHost()
    for (const each of heard) {
      const cause = this.#causeOf(each, byHost.get(each.arm >> 1) ?? [])
      if (each.otherwise !== undefined && cause?.settled !== false) each.otherwise(each.frame, each.at)
      else if (each.kind === 'answer') {
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
    // Arms are heard at different times; sorting makes the result of a case the same each time.
    this.#offered.emitted.sort(inOrder)
  }

  clear(): void {
    this.#heard = []
  }

  #keep(seen: PacketBatch, i: number, arm: number, way: number, kind: Heard['kind']): void {
    this.#heard.push(this.#heardOf(seen, i, arm, way, kind))
  }

  #heardOf(
    seen: PacketBatch,
    i: number,
    arm: number,
    way: number,
    kind: Heard['kind'],
    otherwise?: Otherwise,
  ): Heard {
    const l3 = outermost(seen, i)
    const frame = seen.bytes.slice(l3, Math.min(datagramEnd(seen.bytes, l3), endOf(seen, i)))
    return { kind, arm, way, flow: way >> 1, at: seen.time[i] ?? 0, frame, otherwise }
  }

  /** Numbers of this chunk's packets by host; those that came out are last. */
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
      const sent = this.#offered.frameOf(number)
      if (heard.otherwise !== undefined && isReset(sent, this.#offered.tunnels)) continue
      const fit = fits(heard.kind, heard.frame, sent, towards, this.#offered.tunnels)
      if (fit === 0) continue
      const index = this.#offered.indexOf(this.#lastPiece(number))
      const isTold = this.#offered.told[index] !== undefined
      const passed = this.#sent.state[slot] === Verdict.forward
      const cause = { index, towards, settled: passed || isTold } as const
      const rank = fit + (isTold ? 0 : (towards === 'sender' ? 20 : 10) + (passed ? 0 : 5))
      if (rank <= most) continue
      most = rank
      best = cause
    }
    return best
  }

  /** The last fragment sent of the datagram that a packet begins, since the datagram was rejected with it; else the packet itself. */
  #lastPiece(number: number): number {
    if (this.#offered.fragments === 0) return number
    const { id, more } = this.#pieceOf(number)
    if (!more) return number
    const way = this.#sent.way[this.#sent.slot(number)]
    let last = number
    for (let other = number + 1; other < this.#sent.next; other++) {
      if (this.#sent.way[this.#sent.slot(other)] !== way) continue
      const piece = this.#pieceOf(other)
      if (piece.offset > 0 && piece.id === id) last = other
    }
    return last
  }

  #pieceOf(number: number): FragmentIdentity {
    const frame = this.#offered.frameOf(number)
    return fragmentOf(frame, dissectInner(frame, Link.raw, this.#offered.tunnels).l3)
  }

  #emit(heard: Heard, kind: Emitted['kind'], about: Cause | undefined): void {
    const { arm, way, at, frame } = heard
    if (about !== undefined) this.#restore(frame, way, about)
    const { l3, l4 } = dissectInner(frame, Link.raw, this.#offered.tunnels)
    // A datagram that is not complete in time is given up because nothing came, so it has no cause.
    const cause = kind === 'icmp' && isReassemblyTimeout(frame, l3, l4) ? undefined : about
    const flow = (about && this.#offered.batch?.flow[about.index]) ?? heard.flow
    const isReset = kind === 'tcp-rst'
    this.#offered.emitted.push({
      cause: cause?.index ?? -1,
      kind,
      to: cause?.towards ?? (arm & 1 ? 'server' : 'client'),
      ...(cause === undefined ? { flow } : {}),
      by: arm >> 1,
      at: this.#clock.timeline(at),
      frame,
      link: Link.raw,
      seq: isReset ? u32(frame, l4 + 4) : 0,
      ack: isReset ? u32(frame, l4 + 8) : 0,
    })
    if (cause !== undefined) this.#offered.tell(cause.index, Verdict.reject)
  }

  /** Gives a packet emitted about another the addresses and numbers that its ends know, if a device translates. */
  #restore(
    frame: Uint8Array,
    way: number,
    cause: { readonly index: number; readonly towards: string },
  ): void {
    const { batch, tunnels } = this.#offered
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
    if (size === addressLength(frame, dissectInner(frame, Link.raw, tunnels).l3))
      readdress(frame, Link.raw, { source, destination, seqDelta: -shift }, tunnels)
  }
}

/** In the order of the packets that they are about, the sender's first; those without a cause come first of all, by time. */
function inOrder(a: Emitted, b: Emitted): number {
  if (a.cause !== b.cause) return a.cause - b.cause
  if (a.cause < 0) return a.at - b.at
  return Number(a.to !== 'sender') - Number(b.to !== 'sender')
}

function end(batch: PacketBatch, at: number, size: number, port: number) {
  const address = batch.bytes.slice(at, at + size)
  return port < 0 ? { address } : { address, port: u16(batch.bytes, port) }
}

function endOf(batch: PacketBatch, i: number): number {
  return (batch.start[i] ?? 0) + (batch.captured[i] ?? 0)
}
