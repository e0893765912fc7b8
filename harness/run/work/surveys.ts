import type { Case } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import type { CaptureStore } from '../captures.ts'
import type { FoldEntry } from '../fold/playing.ts'
import { Offers } from '../offer.ts'
import { type FoldChoice, type Replay, type ReplayEntry, surveySetup, surveysCases } from '../target-plan.ts'

/** What plans have found out about cases of one target, for players in the same process; other processes find it out again. */
export class Surveys {
  readonly #target: Target
  readonly #planning: { readonly captures: CaptureStore; readonly offers: Offers; readonly fold: FoldChoice }
  readonly #known = new WeakMap<Case, FoldEntry>()

  constructor(target: Target, captures: CaptureStore, seed: number, fold: FoldChoice) {
    this.#target = target
    this.#planning = { captures, offers: new Offers(seed), fold }
  }

  keep(replays: readonly Replay[]): void {
    for (const entry of replays.flat()) if ('facts' in entry) this.#known.set(entry.test, entry)
  }

  /** The entries of a replay, as in the plan. */
  async entriesOf(cases: readonly Case[]): Promise<readonly ReplayEntry[]> {
    if (!surveysCases(this.#target, this.#planning.fold)) return cases.map((test) => ({ test }))
    const unknown = cases.filter((test) => !this.#known.has(test))
    if (unknown.length > 0) this.keep((await surveySetup(unknown, this.#target, this.#planning)).replays)
    return cases.map((test) => this.#known.get(test) ?? { test })
  }
}
