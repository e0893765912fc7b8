import type { Target } from '../../model/target.ts'
import type { Attempt } from '../../run/play.ts'
import { type Difference, disagreementOf, failureOf } from './difference.ts'
import { TrialPlayer } from './player.ts'
import type { Examiner } from './search.ts'
import type { Trial } from './variant.ts'

/** By target; undefined: it could not be played there. */
export type Attempts = readonly (Attempt | undefined)[]

/** The targets on which something is shown: a failure on one, or a disagreement of two. */
export class Players implements Examiner, AsyncDisposable {
  readonly #players: readonly TrialPlayer[]

  constructor(targets: readonly Target[], seed: number, signal: AbortSignal) {
    this.#players = targets.map((target) => new TrialPlayer(target, seed, signal))
  }

  get names(): readonly string[] {
    return this.#players.map(({ name }) => name)
  }

  get isQuick(): boolean {
    return this.#players.every(({ isQuick }) => isQuick)
  }

  /** Cases that were played, on each. */
  get played(): number {
    return this.#players[0]?.played ?? 0
  }

  /** Brings all to the setup of a trial. Throws as `TrialPlayer.open`. */
  async open(trial: Trial): Promise<void> {
    for (const player of this.#players) await player.open(trial)
  }

  /** One attempt at each trial, on each. */
  async play(trials: readonly Trial[]): Promise<readonly Attempts[]> {
    const by: Attempts[] = []
    for (const player of this.#players) by.push(await player.play(trials))
    return trials.map((_, index) => by.map((attempts) => attempts[index]))
  }

  /** What the attempts at a trial show. */
  differenceOf(trial: Trial, attempts: Attempts): Difference | undefined {
    return this.#players.length > 1
      ? disagreementOf(trial, this.names, attempts)
      : failureOf(trial, attempts[0])
  }

  async examine(trials: readonly Trial[]): Promise<readonly (Difference | undefined)[]> {
    const attempts = await this.play(trials)
    return trials.map((trial, index) => this.differenceOf(trial, attempts[index] ?? []))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const player of this.#players) await player[Symbol.asyncDispose]()
  }
}
