import type { Setup } from '../../model/setup.ts'
import type { Session, Target } from '../../model/target.ts'
import { lacks } from '../../plan/capabilities.ts'
import { foldCases } from '../../plan/folding.ts'
import { calibrate } from '../../run/calibrate.ts'
import { CalibratedSession, isCalibratedWithin } from '../../run/calibrated-session.ts'
import { CaptureStore } from '../../run/captures.ts'
import { surveyCase } from '../../run/fold/survey.ts'
import { calibrateOpenings } from '../../run/openings.ts'
import type { Attempt } from '../../run/play.ts'
import { ReplayPlayer } from '../../run/replay-player.ts'
import { foldingOf, type Replay } from '../../run/target-plan.ts'
import { asFlowbreakError, ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Trial } from './variant.ts'

/** Captures that are in no file, by the paths that their cases name. */
class TrialCaptures extends CaptureStore {
  readonly #held = new Map<string, Recorded>()

  hold(trials: readonly Trial[]): void {
    this.#held.clear()
    for (const { test, recorded } of trials) this.#held.set(test.capture, recorded)
  }

  override async load(path: string, setup: Setup): Promise<Recorded> {
    return this.#held.get(path) ?? super.load(path, setup)
  }
}

/** Plays trials of one setup on one target, which is brought to it and proved once. */
export class TrialPlayer implements AsyncDisposable {
  readonly name: string
  /** It plays one trial after another as quickly as many together, so that what comes after the one looked for need not be played. */
  readonly isQuick: boolean
  played = 0
  readonly #target: Target
  readonly #signal: AbortSignal
  readonly #captures = new TrialCaptures()
  readonly #player: ReplayPlayer
  #session: Session | undefined

  constructor(target: Target, seed: number, signal: AbortSignal) {
    this.name = target.name
    this.isQuick = foldingOf(target.capabilities, 'auto') === 'one'
    this.#target = target
    this.#signal = signal
    this.#player = new ReplayPlayer(target, this.#captures, seed)
  }

  /** Throws ERR_SHRINK for a case that the target cannot play, and, exit code 3, ERR_CALIBRATION or what the target throws. */
  async open({ test }: Trial): Promise<void> {
    const { name, capabilities } = this.#target
    const lacking = lacks(test, capabilities) ?? this.#target.lacks?.(test)
    if (lacking !== undefined)
      throw new FlowbreakError('ERR_SHRINK', `Target ${name} cannot play ${test.name}: it lacks ${lacking}.`)
    const { setup } = test
    const session = await this.#target.prepare(setup, this.#signal)
    this.#session = session
    if (isCalibratedWithin(capabilities)) {
      this.#session = new CalibratedSession(session, setup)
      return
    }
    const strangers = this.#player.addresses.strangers(setup)
    let wrong = await calibrate(session, setup, this.#signal, capabilities, strangers)
    if (wrong === undefined) {
      const opening = await calibrateOpenings(session, setup, strangers, this.#signal)
      wrong = opening.wrong
      this.#player.offers.opening = opening.draw
    }
    if (wrong !== undefined) throw new FlowbreakError('ERR_CALIBRATION', wrong, { exitCode: ExitCode.broken })
  }

  /** One attempt at each; undefined of what cannot be played, as its injections find no place. */
  async play(trials: readonly Trial[]): Promise<readonly (Attempt | undefined)[]> {
    this.#captures.hold(trials)
    this.played += trials.length
    const found = new Map<string, Attempt | undefined>()
    for (const replay of await this.#replays(trials)) {
      const attempts = await this.#attempts(replay)
      for (const [index, { test }] of replay.entries()) found.set(test.capture, attempts[index])
    }
    return trials.map(({ test }) => found.get(test.capture))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]()
  }

  async #replays(trials: readonly Trial[]): Promise<readonly Replay[]> {
    if (this.isQuick) return trials.map(({ test }) => [{ test }])
    const { capabilities, limits } = this.#target
    const entries = []
    for (const { test, recorded } of trials) {
      const facts = await surveyCase(this.#player.offers, test, recorded, capabilities)
      entries.push({ test, recorded, facts })
    }
    return foldCases(entries, foldingOf(capabilities, 'auto'), limits)
  }

  async #attempts(replay: Replay): Promise<readonly Attempt[]> {
    this.#signal.throwIfAborted()
    if (this.#session === undefined) throw new Error('The player was not opened.')
    try {
      return await this.#player.play(replay, this.#session, this.#signal)
    } catch (thrown) {
      if (this.#signal.aborted) throw this.#signal.reason
      if (asFlowbreakError(thrown)?.exitCode === ExitCode.usage) return []
      throw thrown
    }
  }
}
