import { changeIn, type Measured, type Measurement, RUNGS, waitsBetween, wrongIn } from './measured.ts'

/** By which share of what they count timers may come late: those of Linux by an eighth (kernel/time/timer.c, timer wheel). */
const LATENESS = 0.125
/** What is less probable than that is ruled out. */
const IMPROBABLE = 0.01
/** Seconds over which flows are begun, so that a timer is not as late for all of them. */
const BEGINNINGS = 3

/**
 * As `changeIn`, where a timer ends what is waited for: late, by some seconds, but never early. So it counts no more whole seconds than the
 * shortest wait that was outlasted; and one less is ruled out where so many waits between the two were survived that no timer would
 * have been late each time. `wrong` says that they are too few.
 */
export function lateChangeIn(
  measurements: readonly Measurement[],
  answers: { readonly below: string; readonly above: string },
  accuracy: { readonly tolerance: number; readonly blur: number },
): Measured {
  const survived = measurements.filter(({ answer }) => answer === answers.below)
  const above = measurements
    .filter(({ answer }) => answer === answers.above)
    .reduce<Measurement | undefined>(
      (best, each) => (each.most < (best?.most ?? Number.POSITIVE_INFINITY) ? each : best),
      undefined,
    )
  if (above === undefined || survived.length === 0) return changeIn(measurements, answers, accuracy)
  const first = upTo(above.most + accuracy.tolerance)
  const seconds = Math.floor(first)
  const below = survived
    .filter(({ least }) => least < seconds)
    .reduce<Measurement | undefined>(
      (best, each) => (each.least > (best?.least ?? -1) ? each : best),
      undefined,
    )
  const last = below === undefined ? -1 : Math.max(0, -upTo(accuracy.tolerance - below.least))
  const shown = below === undefined ? [above] : [below, above]
  const strange = measurements.filter(({ answer }) => answer !== answers.below && answer !== answers.above)
  const wrong =
    wrongIn(strange, measurements.length, answers) ??
    (chanceOf(seconds - 1, survived, above.most) <= IMPROBABLE
      ? undefined
      : `it ends late, some time after ${Math.floor(last)} s and before ${first.toFixed(2)} s: no closer could be told in time`)
  return { last, first, shown, ...(wrong === undefined ? {} : { wrong }) }
}

/** How probable it is that what ends after so many seconds, late by any time up to the largest, was survived each time before `end`. */
function chanceOf(seconds: number, survived: readonly Measurement[], end: number): number {
  const longest = survived.reduce((most, { least }) => Math.max(most, least), end)
  const largest = longest - seconds + LATENESS * seconds
  // Flows of one probe began at one time.
  const waits = new Map(survived.map(({ probe, least }) => [probe, least]))
  return [...waits.values()]
    .filter((wait) => wait > seconds && wait < end)
    .reduce((chance, wait) => chance * (1 - (wait - seconds) / largest), 1)
}

/** The waits that the next round asks for. */
export function lateWaits({ last, first, shown, wrong }: Measured): readonly number[] {
  if (wrong === undefined || !Number.isFinite(first)) return []
  const from = Math.max(0, Math.min(last, Math.floor(first) - 1))
  return waitsBetween(from, first, { count: RUNGS, shown })
}

/** Seconds before the flow with such a wait begins. */
export function beginningOf(wait: number): string {
  return (0.01 + ((wait * 1009) % BEGINNINGS)).toFixed(2)
}

function upTo(seconds: number): number {
  return Math.ceil(seconds * 1000) / 1000
}
