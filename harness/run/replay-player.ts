import type { Session, Target } from '../model/target.ts'
import type { CaptureStore } from './captures.ts'
import { RunAddresses } from './fold/disguise.ts'
import { FoldPlayer } from './fold.ts'
import { Offers } from './offer.ts'
import { type Attempt, CasePlayer } from './play.ts'
import { isFold, type ReplayEntry } from './target-plan.ts'

/** Plays the replays of a plan on one target: a case as it was recorded, or a fold of cases with addresses of their own. */
export class ReplayPlayer {
  readonly offers: Offers
  readonly addresses: RunAddresses
  readonly #target: Target
  readonly #captures: CaptureStore
  readonly #cases: CasePlayer
  readonly #folds: FoldPlayer

  /** `keepFrames`: for evidence. */
  constructor(target: Target, captures: CaptureStore, seed: number, keepFrames = false) {
    this.offers = new Offers(seed)
    this.#target = target
    this.#captures = captures
    this.#cases = new CasePlayer(seed, keepFrames, this.offers)
    this.#folds = new FoldPlayer(this.offers, keepFrames)
    this.addresses = new RunAddresses(target, seed)
  }

  /** Frees the evidence of earlier attempts, which must not be asked for any more. */
  forget(): void {
    this.#cases.forget()
  }

  /** One attempt at each case of a replay, or at those that are tried again. The session must have their setup. */
  async play(
    replay: readonly ReplayEntry[],
    session: Session,
    signal: AbortSignal,
  ): Promise<readonly Attempt[]> {
    const [first] = replay
    if (first === undefined) return []
    const { test } = first
    const { capabilities } = this.#target
    if (isFold(replay, capabilities))
      return this.#folds.play(replay, session, signal, this.addresses.dress(test.setup))
    const recorded = await this.#captures.load(test.capture, test.setup)
    const others = capabilities.clock === 'real' && 'facts' in first && first.facts.apart === undefined
    const dress = others ? this.addresses.dress(test.setup) : undefined
    return [await this.#cases.play(test, recorded, session, signal, dress)]
  }
}
