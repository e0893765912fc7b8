import type { Emitted } from '../model/batch.ts'
import { Role, Verdict } from '../model/codes.ts'
import type { ObservationBatch } from '../model/target.ts'

/** What the timeline is told of the packets that it offered: guards and reactive endpoints ask it before they go on. */
export class Feedback {
  #verdicts = new Uint8Array(64)
  #emitted: readonly Emitted[] = []
  #newSource = false

  /** Forgets everything; step ids begin at 0 again. */
  reset(): void {
    this.#verdicts.fill(Verdict.undecided)
    this.#emitted = []
    this.#newSource = false
  }

  /** Takes note of every packet of an observation batch by its step; controls have none. */
  record({ packets }: ObservationBatch): void {
    const { step, verdict, count } = packets
    if (count === 0 || packets.role[0] === Role.control) return
    const last = step[count - 1] ?? 0
    if (last >= this.#verdicts.length) {
      const grown = new Uint8Array(Math.max(last + 1, this.#verdicts.length * 2))
      grown.set(this.#verdicts)
      this.#verdicts = grown
    }
    for (let i = 0; i < count; i++) this.#verdicts[step[i] ?? 0] = verdict[i] ?? 0
    this.#emitted = packets.emitted.slice()
    this.#newSource = packets.parts.some(({ part }) => part === 'new source')
  }

  /** A `Verdict` code; undecided for a step that was not observed. */
  verdictOf(step: number): number {
    return this.#verdicts[step] ?? Verdict.undecided
  }

  /** Whether a packet observed last has left with another source than its connection began with (sharing `snat`). */
  get newSource(): boolean {
    return this.#newSource
  }

  /** What was emitted about the packets observed last. */
  get emitted(): readonly Emitted[] {
    return this.#emitted
  }
}
