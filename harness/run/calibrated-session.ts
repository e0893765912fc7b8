import type { Setup } from '../model/setup.ts'
import type { Capabilities, CounterTally, ObservationBatch, Session } from '../model/target.ts'
import type { Timeline } from '../model/timeline.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { Proofs } from './proofs.ts'

/**
 * Whether calibration is part of every replay, before and after its packets, instead of a replay of its own: if each replay is played at
 * once by a process of its own, so that calibration proves the very process that decides about the cases, and costs no extra one.
 */
export function isCalibratedWithin({ clock, reactive, observes }: Capabilities): boolean {
  return (
    clock === 'virtual' &&
    !reactive &&
    (!observes.includes('counters') || observes.includes('packet-counters'))
  )
}

/** A session whose every replay begins and ends with the calibration of its setup; whoever plays the replay does not see it. */
export class CalibratedSession implements Session {
  /** Whether a calibration has passed. */
  passed = false
  /** What was wrong in a calibration, as a sentence. */
  wrong: string | undefined
  readonly #session: Session
  readonly #setup: Setup
  #counted: CounterTally | undefined

  constructor(session: Session, setup: Setup) {
    this.#session = session
    this.#setup = setup
  }

  tally(): CounterTally {
    const nothing = { count: () => {}, read: () => this.#setup.topology.hosts.map(() => ({})) }
    return this.#session.tally?.() ?? nothing
  }

  /** Throws ERR_CALIBRATION if the target does not answer or gives wrong verdicts, from the beginning or from some moment on. */
  async *replay(timeline: Timeline, signal: AbortSignal): AsyncGenerator<ObservationBatch> {
    const proofs = new Proofs(this.#setup)
    // The epoch of a capture that is read during the replay is known with its first chunk.
    const calibrated: Timeline = {
      get epoch() {
        return timeline.epoch
      },
      phases: timeline.phases,
      chunks: proofs.around(timeline.chunks),
    }
    for await (const observed of this.#session.replay(calibrated, signal)) {
      const { packets } = observed
      const { isProof, wrong } = proofs.take(packets)
      this.#judge(wrong)
      this.passed ||= proofs.hasBegun
      if (isProof) continue
      for (let i = 0; i < packets.count; i++) this.#counted?.count(packets, i)
      yield observed
    }
    this.#judge(proofs.unanswered())
  }

  async reset(): Promise<void> {
    await this.#session.reset()
    this.#counted = this.#session.tally?.()
  }

  /** The counters, less what calibration added to them. */
  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    const all = await this.#session.counters()
    return this.#counted?.read() ?? all
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]()
  }

  #judge(wrong: string | undefined): void {
    if (wrong === undefined) return
    this.wrong = wrong
    throw new FlowbreakError('ERR_CALIBRATION', wrong, { exitCode: ExitCode.broken })
  }
}
