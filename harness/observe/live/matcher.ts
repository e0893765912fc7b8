import { PacketBatch } from '../../model/batch.ts'
import { Kind, nameOf, Reason, Tcp, Verdict } from '../../model/codes.ts'
import { alterationsOf } from './alterations.ts'
import { chooseCopied } from './choice.ts'
import type { LiveClock } from './clock.ts'
import type { Emissions } from './emissions.ts'
import { fragmentsOf } from './fragments.ts'
import type { FrameColumns } from './frames.ts'
import { Habits } from './habits.ts'
import { heardAlone, readHeard } from './heard.ts'
import { isFragment, opensConnection, packetKey } from './identity.ts'
import type { Markers } from './markers.ts'
import type { Offered } from './offered.ts'
import { Pieces } from './pieces.ts'
import { EXACT, mostAlike } from './resemblance.ts'
import type { Roads } from './roads.ts'
import { GAVE_UP, type SentPackets } from './sent.ts'
import type { SynProxies } from './syn-proxies.ts'
import { CONTROL, type Known, STRAY, type Tap } from './tap.ts'
import type { Translations } from './translation.ts'

/** What a matcher works with. */
export interface MatcherParts {
  readonly offered: Offered
  readonly sent: SentPackets
  readonly translations: Translations
  readonly emissions: Emissions
  readonly proxies: SynProxies
  readonly markers: Markers
  readonly roads: Roads
  readonly clock: LiveClock
  readonly tap: Tap
}

/** A packet that came after its verdict was given makes missing packets be waited for this many times as long as it took. */
const OVERDUE = 2

/** Finds out for every frame heard which packet it is a copy of, or what else it is. */
export class Matcher {
  readonly #parts: MatcherParts
  readonly #seen = new PacketBatch(4096, 0)
  readonly #pieces = new Pieces()
  readonly #habits = new Habits()
  /** What the current frame has been found to be. */
  #known: Known = STRAY
  /** Nanoseconds on the way after which a packet is late. */
  lateness = 0
  /** Nanoseconds for which missing packets are waited for: more than `lateness` once a packet came out after its verdict was given. */
  patience = 0
  /** Its upper limit. */
  readonly #mostPatience: number
  /** Called with packets that have nothing to do with anything sent. */
  stranger: ((seen: PacketBatch, i: number, arm: number) => void) | undefined

  /** By road: why the load balancer did not take back the last control that it refused, a `Reason` code. */
  readonly refused = new Map<number, number>()

  constructor(parts: MatcherParts, mostPatience: number) {
    this.#parts = parts
    this.#mostPatience = mostPatience
  }

  /** Sets how late packets may come, and how long they are waited for. */
  learn(lateness: number): void {
    this.lateness = lateness
    this.patience = lateness
  }

  take(frames: FrameColumns): void {
    const seen = this.#seen
    for (let from = 0; from < frames.count; from += seen.capacity) {
      readHeard(seen, frames, from, Math.min(frames.count, from + seen.capacity), this.#parts.offered.tunnels)
      for (let i = 0; i < seen.count; i++) {
        const refused = frames.refused[from + i] ?? 0
        const arm = frames.arm[from + i] ?? 0
        this.#known = STRAY
        if (refused === 0) this.#takeOne(i, arm)
        else this.#refuse(i, arm, refused)
        this.#parts.tap.seen(seen, i, arm, this.#known)
      }
    }
  }

  /** Forgets fragments that wait for others. */
  clear(): void {
    this.#pieces.clear()
  }

  #takeOne(i: number, arm: number): void {
    const seen = this.#seen
    if ((seen.l3[i] ?? -1) < 0) return
    const { markers, roads, translations, emissions } = this.#parts
    const marker = markers.numberOf(seen, i)
    if (marker >= 0) {
      this.#known = CONTROL
      const number = roads.heard(marker, markers.roadOf(seen, i), arm, seen.time[i] ?? 0)
      if (number >= 0) this.#controlCame(number)
      return
    }
    const way = translations.wayOf(seen, i)
    if (way >= 0 && (this.#isOfOpening(i, arm, way) || this.#matches(seen, i, arm, way))) return
    const kind = seen.kind[i] ?? 0
    if (isFragment(kind)) {
      this.#takePiece(i, arm)
      return
    }
    if (this.#joins(seen, i, arm, 'reassembled')) return
    if (kind === Kind.icmp4 || kind === Kind.icmp6) {
      // While somebody watches for strangers, only controls have been sent, so no error can be about a packet.
      if (this.stranger === undefined && emissions.takeError(seen, i, arm)) {
        this.#known = { what: 'emitted', step: -1 }
        return
      }
    } else if (way >= 0 && (kind === Kind.tcp4 || kind === Kind.tcp6)) {
      // It travels towards that end, as a forwarded packet does, and is not sent back by the device.
      const outwards = (way & 1) === ((arm & 1) ^ 1)
      const reset = outwards && ((seen.flags[i] ?? 0) & Tcp.rst) !== 0
      // A host that no longer knows what it added to numbers forwards a reset as it was sent.
      if (reset && translations.shifts(way) && this.#resembles(seen, i, arm, way, EXACT)) return
      if (reset && this.#isEmitted(i, arm, way)) return
      if (this.#resembles(seen, i, arm, way)) return
      if (outwards && this.#isEmitted(i, arm, way)) return
    }
    if (way < 0 && this.#resembles(seen, i, arm, way)) return
    if (way >= 0) this.#stray(i, way)
    else this.stranger?.(seen, i, arm)
  }

  /** Whether packet `i` belongs to a handshake that a device answers itself. */
  #isOfOpening(i: number, arm: number, way: number): boolean {
    const part = this.#parts.proxies.take(this.#seen, i, arm, way)
    if (part === undefined) return false
    if (typeof part === 'object') this.#came(part.number, part.answer, 0, arm)
    this.#known = part === 'echo' ? CONTROL : { what: 'emitted', step: -1, flow: way >> 1 }
    return true
  }

  #isEmitted(i: number, arm: number, way: number): boolean {
    if (!this.#parts.emissions.takeSegment(this.#seen, i, arm, way)) return false
    this.#known = { what: 'emitted', step: -1, flow: way >> 1 }
    return true
  }

  /** A packet that the load balancer does not take back has not come out, whatever it is a copy of. */
  #refuse(i: number, arm: number, reason: number): void {
    const { markers, offered, sent, translations } = this.#parts
    const seen = this.#seen
    if ((seen.l3[i] ?? -1) < 0) return
    if (markers.numberOf(seen, i) >= 0) {
      this.refused.set(markers.roadOf(seen, i), reason)
      return
    }
    const piece = isFragment(seen.kind[i] ?? 0)
    const whole = piece ? this.#pieces.add(seen, i, arm) : seen
    if (whole === undefined) return
    const at = piece ? 0 : i
    const way = translations.wayOf(whole, at)
    const key = way < 0 ? 0 : packetKey(whole, at, way, translations.seqDelta(way))
    const number = way < 0 ? -1 : this.#choose(sent.first(key), whole, at, arm)
    const index = number < 0 ? -1 : offered.indexOf(number)
    const slot = number < 0 ? -1 : sent.slot(number)
    const after =
      slot < 0 ? this.#parts.clock.timeline(seen.time[i] ?? 0) : (seen.time[i] ?? 0) - (sent.at[slot] ?? 0)
    const step = slot < 0 ? -1 : (sent.step[slot] ?? -1)
    const flow = way >= 0 && slot < 0 ? { flow: way >> 1 } : {}
    if (step >= 0) this.#known = { what: 'packet', step }
    offered.note({ kind: 'refused', index, step, after, field: nameOf(Reason, reason), ...flow })
    if (index >= 0) offered.refused.set(index, reason)
  }

  #controlCame(number: number): void {
    const { sent, offered } = this.#parts
    const slot = sent.slot(number)
    this.#known = { what: 'control', step: sent.step[slot] ?? -1 }
    if (sent.state[slot] === Verdict.undecided) offered.open--
    if (offered.indexOf(number) >= 0) sent.state[slot] = Verdict.forward
  }

  /** Whether packet `i` is a copy of one that was sent, by its key. */
  #matches(seen: PacketBatch, i: number, arm: number, way: number): boolean {
    const { sent, translations } = this.#parts
    const key = packetKey(seen, i, way, translations.seqDelta(way))
    const number = this.#choose(sent.first(key), seen, i, arm)
    if (number < 0) return false
    if (!this.#isRather(number, seen, i, arm, way)) this.#came(number, seen, i, arm)
    return true
  }

  /**
   * Whether a reset with the key of packet `number` is more likely one that a device sent about another packet: it does not look as
   * that packet would here, and it fits the other one. The decision is made once it is known what came out.
   */
  #isRather(number: number, seen: PacketBatch, i: number, arm: number, way: number): boolean {
    const { sent, offered, emissions } = this.#parts
    if (((seen.flags[i] ?? 0) & Tcp.rst) === 0) return false
    if (!this.#habits.isUnlike(sent, offered, number, seen, i, arm)) return false
    const otherwise = (frame: Uint8Array, at: number) =>
      this.#came(number, heardAlone(frame, at, seen.tunnels), 0, arm)
    if (!emissions.takeDoubtful(seen, i, arm, way, otherwise)) return false
    this.#known = { what: 'emitted', step: -1, flow: way >> 1 }
    return true
  }

  #choose(first: number, seen: PacketBatch, i: number, arm: number): number {
    return chooseCopied(this.#parts.sent, first, seen, i, arm, this.#habits.hops)
  }

  /** Notes that packet `number` came out as packet `i` on `arm`. */
  #came(number: number, seen: PacketBatch, i: number, arm: number, cut?: 'fragmented' | 'reassembled'): void {
    const { sent, offered, roads } = this.#parts
    const slot = sent.slot(number)
    sent.seen[slot] = Math.min(sent.seen[slot] ?? 0, seen.time[i] ?? 0)
    const after = (seen.time[i] ?? 0) - (sent.at[slot] ?? 0)
    const index = offered.indexOf(number)
    const told = { index, step: sent.step[slot] ?? -1, after }
    this.#known = { what: 'packet', step: told.step }
    if (arm !== ((sent.road[slot] ?? 0) ^ 1)) {
      offered.note({ kind: 'elsewhere', ...told })
      return
    }
    if (sent.state[slot] === Verdict.forward) {
      offered.note({ kind: 'again', ...told })
      return
    }
    if (index < 0) {
      this.#cameAfterAll(slot, told)
      return
    }
    if (after > this.lateness) offered.note({ kind: 'late', ...told })
    sent.state[slot] = Verdict.forward
    roads.passed(after)
    offered.open--
    if (cut !== undefined) {
      offered.note({ kind: cut, ...told })
      return
    }
    const changed = alterationsOf(offered.frameOf(number), seen, i) ?? []
    this.#habits.learn(sent.hops[slot] ?? 0, seen, i, changed)
    for (const alteration of changed) offered.note({ kind: 'altered', ...told, ...alteration })
  }

  /** A packet that was given up has come out: from now on missing packets are waited for longer. */
  #cameAfterAll(
    slot: number,
    late: { readonly index: number; readonly step: number; readonly after: number },
  ): void {
    const { sent, offered } = this.#parts
    const state = sent.state[slot] ?? GAVE_UP
    const told = state === GAVE_UP ? Verdict.undecided : state
    offered.note({ kind: 'late', ...late, number: sent.packet[slot] ?? 0, told })
    sent.state[slot] = Verdict.forward
    this.patience = Math.min(this.#mostPatience, Math.max(this.patience, late.after * OVERDUE))
  }

  /** A packet with an unknown tuple or unknown numbers is taken for the sent packet that it resembles most, if any. */
  #resembles(seen: PacketBatch, i: number, arm: number, way: number, least = 1): boolean {
    const { sent, offered, translations } = this.#parts
    const best = mostAlike(sent, offered, arm ^ 1, way, seen, i, least)
    if (best < 0) return false
    if (way < 0 || opensConnection(seen, i))
      translations.learn(sent.way[sent.slot(best)] ?? -1, offered.frameOf(best), seen, i)
    this.#came(best, seen, i, arm)
    return true
  }

  /** Takes a fragment of a packet that was sent whole or in other fragments; together they are the packet. */
  #takePiece(i: number, arm: number): void {
    const whole = this.#pieces.add(this.#seen, i, arm)
    if (whole === undefined || this.#joins(whole, 0, arm, 'fragmented')) return
    const { sent, translations } = this.#parts
    const way = translations.wayOf(whole, 0)
    const number =
      way < 0
        ? -1
        : this.#choose(sent.first(packetKey(whole, 0, way, translations.seqDelta(way))), whole, 0, arm)
    if (number >= 0) this.#came(number, whole, 0, arm, 'fragmented')
    else if (way >= 0) this.#stray(i, way)
  }

  /** Takes fragments that came out as one datagram: all of them have come out. */
  #joins(seen: PacketBatch, i: number, arm: number, cut: 'fragmented' | 'reassembled'): boolean {
    const { sent, offered } = this.#parts
    if (offered.fragments === 0) return false
    const numbers = fragmentsOf(seen, i, arm ^ 1, sent, offered)
    for (const number of numbers) this.#came(number, seen, i, arm, cut)
    return numbers.length > 0
  }

  #stray(i: number, way: number): void {
    const after = this.#parts.clock.timeline(this.#seen.time[i] ?? 0)
    this.#known = { ...STRAY, flow: way >> 1 }
    this.#parts.offered.note({ kind: 'stray', index: -1, step: -1, flow: way >> 1, after })
  }
}
