import type { Expectation } from '../../model/case.ts'
import type { CaseFinished, CaseSummary, RunEvent, Sighted } from '../../model/run-log.ts'
import type { Step } from './steps.ts'

/** Something that the harness did for a case, `at` seconds after the run began. */
export interface Deed {
  readonly at: number
  readonly what: string
}

/** Everything that is known about one case on one target, in the order in which it happened. */
export interface Story {
  readonly schema: 1
  readonly case: Omit<CaseSummary, 'expectations'> & { readonly expectations: readonly Expectation[] }
  readonly target: {
    readonly name: string
    readonly version?: string
    readonly clock?: string
    readonly calibration?: string
  }
  readonly deeds: readonly Deed[]
  readonly steps: readonly Step[]
  readonly grade: Pick<
    CaseFinished,
    | 'outcome'
    | 'detail'
    | 'attempt'
    | 'durationMs'
    | 'tally'
    | 'mismatches'
    | 'counters'
    | 'impact'
    | 'outages'
  > & {
    readonly controls?: { readonly sent: number; readonly out: number; readonly dead: readonly string[] }
  }
  /** Seen besides verdicts. */
  readonly sightings: readonly Sighted[]
  readonly evidence?: string
  readonly collected?: string
}

type Ready = RunEvent & { readonly type: 'target-ready' }

/** Composes a story. `ready`: what the log says about the target's setup; absent if the target was never ready. */
export function storyOf(
  finished: CaseFinished,
  ready: Ready | undefined,
  deeds: readonly Deed[],
  steps: readonly Step[],
): Story {
  const { outcome, detail, attempt, durationMs, tally, mismatches, counters, impact, outages } = finished
  const { trace, sightings = [], evidence, collected } = finished
  return {
    schema: 1,
    case: finished.case,
    target: {
      name: finished.target,
      ...(ready === undefined
        ? {}
        : { version: ready.version, clock: ready.capabilities.clock, calibration: ready.calibration }),
    },
    deeds,
    steps,
    grade: {
      ...{ outcome, attempt, durationMs, tally, mismatches, counters },
      ...(detail === undefined ? {} : { detail }),
      ...(impact === undefined ? {} : { impact }),
      ...(outages === undefined ? {} : { outages }),
      ...(trace === undefined ? {} : { controls: trace.controls }),
    },
    sightings,
    ...(evidence === undefined ? {} : { evidence }),
    ...(collected === undefined ? {} : { collected }),
  }
}
