/** One flow of a ladder on a clock that cannot be set. */
export interface Measurement {
  readonly probe: string
  /** Seconds that it was to wait, and that it really did, at least and at most. */
  readonly asked: number
  readonly least: number
  readonly most: number
  readonly answer: string
}

/** Between which waits a ladder's answer changes, with what shows it. */
export interface Measured {
  /** -1: none was answered so. */
  readonly last: number
  /** Infinity: none was answered otherwise. */
  readonly first: number
  /** The nearest on either side. */
  readonly shown: readonly Measurement[]
  readonly wrong?: string
}

/** Answers that are neither, as a share. */
const MOST_STRANGE = 0.25
/** Flows of one ladder in one timeline. */
export const RUNGS = 64

/**
 * Where answers change from `below` to `above`. `tolerance`: seconds by which a measured wait may be wrong. Answers that stand in no
 * order are believed not to, where they are no more than `blur` seconds apart.
 */
export function changeIn(
  measurements: readonly Measurement[],
  answers: { readonly below: string; readonly above: string },
  { tolerance, blur }: { readonly tolerance: number; readonly blur: number },
): Measured {
  const lower = measurements.filter(({ answer }) => answer === answers.below)
  const upper = measurements.filter(({ answer }) => answer === answers.above)
  const strange = measurements.filter((each) => !lower.includes(each) && !upper.includes(each))
  const longest = lower.reduce((most, { least }) => Math.max(most, least), -1)
  const shortest = upper.reduce((least, { most }) => Math.min(least, most), Number.POSITIVE_INFINITY)
  const before = lower.filter(({ least }) => least < shortest)
  const after = upper.filter(({ most }) => most > longest)
  const below = before.reduce<Measurement | undefined>(
    (best, each) => (each.least > (best?.least ?? -1) ? each : best),
    undefined,
  )
  const above = after.reduce<Measurement | undefined>(
    (best, each) => (each.most < (best?.most ?? Number.POSITIVE_INFINITY) ? each : best),
    undefined,
  )
  const last = below === undefined ? -1 : Math.max(0, Math.floor((below.least - tolerance) * 1000) / 1000)
  const first =
    above === undefined ? Number.POSITIVE_INFINITY : Math.ceil((above.most + tolerance) * 1000) / 1000
  const shown = [below, above].filter((each) => each !== undefined)
  const wrong = wrongIn(strange, measurements.length, answers) ?? disorderIn(longest, shortest, blur, answers)
  return { last, first, shown, ...(wrong === undefined ? {} : { wrong }) }
}

export function wrongIn(
  [one, ...others]: readonly Measurement[],
  all: number,
  { below, above }: { readonly below: string; readonly above: string },
): string | undefined {
  if (one === undefined || others.length + 1 <= Math.max(2, all * MOST_STRANGE)) return undefined
  return `after ${one.least.toFixed(2)} s it was answered ${one.answer}, where ${below} or ${above} was due`
}

function disorderIn(
  longest: number,
  shortest: number,
  blur: number,
  { below, above }: { readonly below: string; readonly above: string },
): string | undefined {
  if (longest - shortest <= blur) return undefined
  return `it was answered ${below} after ${longest.toFixed(2)} s, and ${above} after ${shortest.toFixed(2)} s already`
}

/** Whole numbers of seconds that a time-out can have which ends between these: more than `last`, and no more than `first`. */
export function secondsWithin({ last, first }: Pick<Measured, 'last' | 'first'>): number {
  return Math.floor(first) - Math.floor(last)
}

/**
 * The waits that the next round asks for, between what is known. Each is asked for as it is, or so much shorter as the ones before
 * turned out to be longer: a clock that cannot be set is late, and not always by as much.
 */
export function waitsWithin(
  { last, first, shown }: Pick<Measured, 'last' | 'first' | 'shown'>,
  { most, tolerance }: { readonly most: number; readonly tolerance: number },
): readonly number[] {
  if (last >= most - tolerance || secondsWithin({ last, first }) <= 1) return []
  const to = Math.min(first, most + tolerance)
  const from = Math.max(0, last)
  const count = Math.min(RUNGS, Math.ceil((to - from) / tolerance))
  return waitsBetween(from, to, { count, shown })
}

/** So many waits, evenly between two; every other one asked for so much shorter as those that are shown turned out to be longer. */
export function waitsBetween(
  from: number,
  to: number,
  { count, shown }: { readonly count: number; readonly shown: readonly Measurement[] },
): readonly number[] {
  const ratios = shown.map(({ asked, least }) => (asked < 1 ? 1 : Math.max(1, least / asked)))
  const ratio = ratios.reduce((sum, each) => sum + each, 0) / Math.max(1, ratios.length)
  return Array.from({ length: count }, (_, at) => {
    const wait = from + ((to - from) * (at + 1)) / (count + 1)
    return Math.round((at % 2 === 0 ? wait : wait / Math.max(1, ratio)) * 100) / 100
  }).filter((wait, at, all) => all.indexOf(wait) === at)
}
