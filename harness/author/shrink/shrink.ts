import { gradeCase } from '../../grade/grade.ts'
import type { Case, Expectation } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import type { Attempt } from '../../run/play.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { placeInjections } from '../../timeline/compile.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Difference } from './difference.ts'
import { Players } from './players.ts'
import { Search } from './search.ts'
import { type Trial, trialOf, type Variant, type Whole, wholeOf } from './variant.ts'

export interface ShrinkOptions {
  readonly test: Case
  readonly recorded: Recorded
  /** One: what fails on it is kept; two: where they disagree. */
  readonly targets: readonly Target[]
  readonly seed: number
  readonly signal: AbortSignal
}

export interface Shrunk {
  /** The smallest case that was found, numbered anew. */
  readonly trial: Trial
  readonly difference: Difference
  /** Of what the last attempt saw of it, by target. */
  readonly attempts: readonly Attempt[]
  /** Cases that were played. */
  readonly trials: number
  readonly before: Size
  readonly after: Size
}

/** How large a case is. */
export interface Size {
  readonly packets: number
  readonly injections: number
  /** Bytes of its frames. */
  readonly bytes: number
}

/** Times that a case is played before and after it is shrunk: one that differs from itself cannot be. */
const REPEATS = 3

/**
 * Finds the smallest part of a case that still shows the same difference. Throws ERR_SHRINK where it shows none or cannot be played,
 * ERR_SHRINK_FLAKY, exit code 1, where it does not show the same each time, and ERR_SHRINK_INCONCLUSIVE, exit code 3.
 */
export async function shrink({ test, recorded, targets, seed, signal }: ShrinkOptions): Promise<Shrunk> {
  await using players = new Players(targets, seed, signal)
  const all = wholeOf(test, recorded)
  const flow = test.flow < 0 ? undefined : test.flow
  const variant = { pieces: all.pieces, events: placeInjections(recorded, test.injections, flow) }
  const first = trialOf(all, variant, test.capture)
  if (first === undefined) throw nothing(`${test.capture} has no flow ${test.flow}`)
  await players.open(first)

  const { difference, attempts } = await shown(all, variant, players)
  const whole = { ...all, expectations: gradedBy(test, difference, attempts[0]) }
  const left = await new Search(whole, difference, players).run(variant)
  const last = await shown(whole, left, players)
  const trial = trialOf(whole, left, test.capture)
  if (trial === undefined || last.difference.words !== difference.words) throw flaky(test, players)
  return {
    trial,
    difference: last.difference,
    attempts: last.attempts,
    trials: players.played,
    before: sizeOf(variant),
    after: sizeOf(left),
  }
}

/** What a variant shows each time that it is played. */
async function shown(
  whole: Whole,
  variant: Variant,
  players: Players,
): Promise<{ readonly difference: Difference; readonly attempts: readonly Attempt[] }> {
  const { test } = whole
  const trials = Array.from({ length: REPEATS }, (_, turn) =>
    trialOf(whole, variant, `${test.capture} ${turn}`),
  )
  const tries = trials.filter((trial) => trial !== undefined)
  const attempts = await players.play(tries)
  const doubt = attempts.flat().find((attempt) => attempt !== undefined && !isSettled(attempt))
  if (doubt !== undefined)
    throw new FlowbreakError(
      'ERR_SHRINK_INCONCLUSIVE',
      `${test.name} is ${doubt.outcome} and cannot be shrunk: ${doubt.detail ?? ''}`,
      { exitCode: ExitCode.broken },
    )
  const seen = tries.map((trial, turn) => players.differenceOf(trial, attempts[turn] ?? []))
  if (new Set(seen.map((each) => each?.words)).size > 1) throw flaky(test, players)
  const [difference] = seen
  const last = (attempts[0] ?? []).filter((attempt) => attempt !== undefined)
  if (difference === undefined || last.length < players.names.length) throw nothing(calmWords(test, players))
  return { difference, attempts: last }
}

function isSettled({ outcome }: Attempt): boolean {
  return outcome === 'pass' || outcome === 'fail'
}

/**
 * What smaller cases are graded by: all that is expected of packets, so that no other failure takes the place of this one; or that
 * expectation about the whole case alone which failed. Throws ERR_SHRINK where an empty case would fail it too.
 */
function gradedBy(
  test: Case,
  { index, words }: Difference,
  attempt: Attempt | undefined,
): readonly Expectation[] {
  const ofPackets = test.expectations.filter(({ kind }) => kind === 'packets')
  if (index !== undefined || attempt?.trace === undefined) return ofPackets
  const { trace, counters, impact, sightings } = attempt
  for (const expectation of test.expectations) {
    const graded = { flow: test.flow, trace, counters, impact, sightings }
    const { outcome, mismatches } = gradeCase({ ...graded, expectations: [expectation] })
    const [mismatch] = mismatches
    if (outcome !== 'fail' || mismatch === undefined) continue
    if (isMore(expectation, mismatch)) return [expectation]
    break
  }
  throw nothing(
    `${test.name} fails by something that did not happen (${words}), which no packets are to blame for: shrink it by two targets that disagree`,
  )
}

/** Whether something happened that was not expected, rather than nothing where something was. */
function isMore(
  { kind }: Expectation,
  { expected, observed }: { expected: string; observed: string },
): boolean {
  if (kind === 'unaltered') return true
  if (kind === 'impact') return observed !== 'survived' && observed !== 'unknown'
  return Number.parseInt(observed, 10) > Number.parseInt(expected, 10)
}

function sizeOf({ pieces, events }: Variant): Size {
  const bytes = pieces.reduce((sum, { frame }) => sum + frame.length, 0)
  return { packets: pieces.length, injections: events.length, bytes }
}

function calmWords(test: Case, players: Players): string {
  const { names } = players
  return names.length > 1
    ? `${names.join(' and ')} agree about every packet of ${test.name}`
    : `${test.name} does not fail on ${names[0]}`
}

function nothing(why: string): FlowbreakError {
  return new FlowbreakError('ERR_SHRINK', `${why}: there is nothing to shrink.`)
}

function flaky(test: Case, players: Players): FlowbreakError {
  return new FlowbreakError(
    'ERR_SHRINK_FLAKY',
    `${test.name} is flaky on ${players.names.join(' and ')}: played ${REPEATS} times it did not show the same each time, so it cannot be shrunk.`,
    { exitCode: ExitCode.failed },
  )
}
