import type { Emitted, PacketBatch } from '../model/batch.ts'
import { Role, Verdict } from '../model/codes.ts'
import { isForwardedAfterAll, type ObservationBatch } from '../model/target.ts'

/** What guards and reactive endpoints must know about the packets offered so far before they go on. */
export interface Answers {
  /** What happened to the packet of a step, a `Verdict` code. */
  verdictOf(step: number): number
  /** What was emitted about it, or without a cause since the packet before. */
  emittedAt(step: number): readonly Emitted[]
  /** Whether its source on leaving was not the one that its connection began with (sharing `snat`). */
  newSourceAt(step: number): boolean
}

const NOTHING: readonly Emitted[] = []

/** Answers from what was observed. */
export class Feedback implements Answers {
  #verdicts = new Uint8Array(64)
  #observed = 0
  readonly #emitted = new Map<number, Emitted[]>()
  /** Steps whose packets left with another source than their connection began with. */
  readonly #newSource = new Set<number>()

  /** Forgets everything; step ids begin at 0 again. */
  reset(): void {
    this.#verdicts.fill(Verdict.undecided, 0, this.#observed)
    this.#observed = 0
    this.#emitted.clear()
    this.#newSource.clear()
  }

  /** Notes packets `from` … `to`-1 of an observation batch by step; controls have none. All emissions are about these packets. */
  record({ packets, sightings = [] }: ObservationBatch, from = 0, to = packets.count): void {
    const { step, verdict } = packets
    for (const sighting of sightings)
      if (isForwardedAfterAll(sighting) && this.has(sighting.step))
        this.#verdicts[sighting.step] = Verdict.forward
    if (to === from || packets.role[from] === Role.control) return
    const last = step[to - 1] ?? 0
    if (last >= this.#verdicts.length) {
      const grown = new Uint8Array(Math.max(last + 1, this.#verdicts.length * 2))
      grown.set(this.#verdicts)
      this.#verdicts = grown
    }
    for (let i = from; i < to; i++) this.#verdicts[step[i] ?? 0] = verdict[i] ?? 0
    this.#observed = Math.max(this.#observed, last + 1)
    for (const emitted of packets.emitted) this.#note(step[causeOf(emitted, packets, from, to)] ?? 0, emitted)
    for (const { cause, part } of packets.parts)
      if (part === 'new source') this.#newSource.add(step[cause] ?? 0)
  }

  /** Whether a step was observed. */
  has(step: number): boolean {
    return step < this.#observed
  }

  /** A `Verdict` code; undecided if the step was not observed. */
  verdictOf(step: number): number {
    return this.#verdicts[step] ?? Verdict.undecided
  }

  newSourceAt(step: number): boolean {
    return this.#newSource.has(step)
  }

  emittedAt(step: number): readonly Emitted[] {
    return this.#emitted.get(step) ?? NOTHING
  }

  #note(step: number, emitted: Emitted): void {
    const others = this.#emitted.get(step)
    if (others === undefined) this.#emitted.set(step, [emitted])
    else others.push(emitted)
  }
}

/** Index of the packet that caused it; if none did, of the next packet, since a clock driven by packet times shows it only then. */
function causeOf({ cause, at }: Emitted, { time }: PacketBatch, from: number, to: number): number {
  if (cause >= 0) return cause
  let next = from
  while (next < to - 1 && (time[next] ?? 0) < at) next++
  return next
}
