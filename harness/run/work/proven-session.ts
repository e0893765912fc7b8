import type { Setup } from '../../model/setup.ts'
import type { Session, Target } from '../../model/target.ts'
import { asFlowbreakError, FlowbreakError, messageOf } from '../../support/errors.ts'
import { calibrate } from '../calibrate.ts'
import { CalibratedSession, isCalibratedWithin } from '../calibrated-session.ts'
import { calibrateOpenings } from '../openings.ts'
import type { ReplayPlayer } from '../replay-player.ts'
import type { LotEvent } from './lot.ts'

/** A session with one setup, and the result of its calibration; kept from one lot to the next of the same setup. */
export class ProvenSession implements AsyncDisposable {
  readonly setup: Setup
  readonly #target: Target
  readonly #player: ReplayPlayer
  readonly #within: CalibratedSession | undefined
  readonly #session: Session | undefined
  #isProven = false
  /** Why nothing can be played here. */
  #broken: unknown

  private constructor(
    target: Target,
    setup: Setup,
    player: ReplayPlayer,
    prepared: { readonly session?: Session; readonly broken?: unknown },
  ) {
    this.setup = setup
    this.#target = target
    this.#player = player
    this.#session = prepared.session
    this.#broken = prepared.broken
    if (prepared.session !== undefined && isCalibratedWithin(target.capabilities))
      this.#within = new CalibratedSession(prepared.session, setup)
  }

  /** Sets the target to the setup; a failure is reported by `prove`. */
  static async prepare(
    target: Target,
    setup: Setup,
    player: ReplayPlayer,
    signal: AbortSignal,
  ): Promise<ProvenSession> {
    try {
      return new ProvenSession(target, setup, player, { session: await target.prepare(setup, signal) })
    } catch (broken) {
      return new ProvenSession(target, setup, player, { broken })
    }
  }

  /** The session that cases are played on; undefined once the target has turned out to be unusable. */
  get session(): Session | undefined {
    return this.#broken === undefined ? (this.#within ?? this.#session) : undefined
  }

  /**
   * Calibrates the session, unless that has been done, or each of its replays calibrates itself. Returns the event about it, if there is
   * one; also undefined if the run was interrupted, in which case the session must not be used.
   */
  async prove(signal: AbortSignal): Promise<LotEvent | undefined> {
    if (this.#broken !== undefined || this.#within !== undefined || this.#session === undefined)
      return undefined
    if (this.#isProven) return undefined
    const { setup } = this
    const player = this.#player
    let wrong: string | undefined
    try {
      const strangers = player.addresses.strangers(setup)
      wrong = await calibrate(this.#session, setup, signal, this.#target.capabilities, strangers)
      if (wrong === undefined) {
        const opening = await calibrateOpenings(this.#session, setup, strangers, signal)
        wrong = opening.wrong
        player.offers.opening = opening.draw
      }
    } catch (thrown) {
      this.#broken = thrown
      return undefined
    }
    return this.#told(wrong)
  }

  /** The event about the first replay of a session that calibrates itself; undefined: it is already known, or the replay threw. */
  proved(problem: unknown): LotEvent | undefined {
    const within = this.#within
    if (within === undefined || this.#isProven) return undefined
    if (within.wrong === undefined && !within.passed) {
      this.#broken = problem
      return undefined
    }
    return this.#told(within.wrong)
  }

  /** What prevents cases from being played, as an event and as the error of the cases; undefined: nothing. */
  failure(): { readonly event: LotEvent; readonly message: string } | undefined {
    if (this.#broken === undefined) return undefined
    const code = asFlowbreakError(this.#broken)?.code ?? 'ERR_TARGET'
    const message = messageOf(this.#broken)
    return { event: { type: 'target-failed', target: this.#target.name, code, message }, message }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]()
  }

  #told(wrong: string | undefined): LotEvent {
    this.#isProven = true
    if (wrong !== undefined) this.#broken = new FlowbreakError('ERR_CALIBRATION', wrong)
    const { name: target, version, capabilities } = this.#target
    return {
      type: 'target-ready',
      target,
      version,
      capabilities,
      setup: this.setup.key,
      configuration: this.setup,
      calibration: wrong === undefined ? 'passed' : 'failed',
      ...(wrong === undefined ? {} : { detail: wrong }),
    }
  }
}
