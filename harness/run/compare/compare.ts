import { isPipe } from '../../capture/open.ts'
import { type ComparedColumn, type Comparison, type RowPlace, sameCell } from '../../model/comparison.ts'
import type { Setup } from '../../model/setup.ts'
import type { Target } from '../../model/target.ts'
import { setupLacks } from '../../plan/capabilities.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { type Replayed, type ReplayOptions, replayCapture } from '../replay.ts'
import { ColumnRecorder } from './recorder.ts'
import { alignRows } from './rows.ts'

/** One replay of a comparison. */
export interface Contender {
  /** Its value by axis. */
  readonly values: readonly string[]
  readonly target: Target
  /** Makes its setup; throws ERR_SETUP if there is no such setup. */
  readonly setup: () => Setup
}

export interface CompareOptions extends Omit<ReplayOptions, 'target' | 'setup' | 'observe'> {
  /** The injections as they were written. */
  readonly broken: readonly string[]
  readonly axes: readonly string[]
  readonly contenders: readonly Contender[]
}

/** A comparison, and what ended it early. */
export interface Compared {
  readonly comparison: Comparison
  readonly interrupted: boolean
  /** As in `Replayed`. */
  readonly unread: readonly string[]
  /** The error of a value whose set-up broke, as opposed to one that has no setup; its column has it too. */
  readonly broken: FlowbreakError | undefined
}

interface Played {
  readonly recorder: ColumnRecorder
  readonly replayed: Replayed
}

/**
 * Replays a capture once for each contender. A contender that cannot be played becomes a column that says why. Throws if none could be
 * played, or if something is wrong with the capture or a target. If interrupted, returns what was played so far.
 */
export async function compareCapture(options: CompareOptions): Promise<Compared> {
  const { capture, axes, contenders, signal } = options
  checkRereadable(capture)
  const played: Played[] = []
  const columns: (Played | FlowbreakError)[] = []
  let interrupted = false
  for (const contender of contenders) {
    const outcome = await playOne(options, contender, played[0]?.recorder).catch((thrown: unknown) => {
      if (!signal.aborted || played.length === 0) throw thrown
      return new FlowbreakError('ERR_INTERRUPTED', 'Not played: interrupted.')
    })
    columns.push(outcome)
    if (!(outcome instanceof FlowbreakError)) played.push(outcome)
    interrupted = signal.aborted
  }
  if (played.length === 0) throw nothingPlayed(contenders, columns)
  const rows = () => alignRows(played.map(({ recorder }) => recorder))
  const differences = firstDifferences(rows(), played.length)
  const comparison: Comparison = {
    capture,
    injections: options.broken,
    axes,
    columns: contenders.map(({ values }, index): ComparedColumn => {
      const outcome = columns[index]
      if (outcome === undefined || outcome instanceof FlowbreakError)
        return { values, refused: outcome?.message ?? '' }
      const { recorder, replayed } = outcome
      return {
        values,
        played: {
          ...recorder.summary(),
          firstDifference: differences[played.indexOf(outcome)],
          impact: replayed.impact,
          crowding: Object.fromEntries(Object.entries(replayed.crowding).filter(([, flows]) => flows > 0)),
        },
      }
    }),
    damage: played[0]?.replayed.damage,
    rows,
  }
  const broken = columns.find((outcome) => isBroken(outcome))
  return { comparison, interrupted, unread: played[0]?.replayed.unread ?? [], broken }
}

/** Plays one contender; returns why it cannot be played instead, if that is due to its setup. */
async function playOne(
  options: CompareOptions,
  { setup: makeSetup, target }: Contender,
  first: ColumnRecorder | undefined,
): Promise<Played | FlowbreakError> {
  const { capture, injections, flow, endpoints, seed, signal } = options
  signal.throwIfAborted()
  try {
    const setup = makeSetup()
    const lacking = setupLacks(setup, target.capabilities)
    if (lacking !== undefined)
      return new FlowbreakError('ERR_TARGET_LACKS', `The target ${target.name} has no ${lacking}.`)
    const recorder = new ColumnRecorder(capture, setup.topology.hosts, first)
    const replayed = await replayCapture({
      ...{ capture, target, setup, injections, flow, endpoints, seed, signal },
      observe: (observed, _flows, phases) => recorder.observe(observed, phases),
    })
    return { recorder, replayed }
  } catch (thrown) {
    if (isRefusal(thrown)) return thrown
    throw thrown
  }
}

/** Whether only one value cannot be played, as opposed to a capture that cannot be read at all. */
function isRefusal(thrown: unknown): thrown is FlowbreakError {
  return (
    thrown instanceof FlowbreakError &&
    thrown.exitCode !== ExitCode.interrupted &&
    !thrown.code.startsWith('ERR_CAPTURE_')
  )
}

function isBroken(outcome: Played | FlowbreakError): outcome is FlowbreakError {
  return outcome instanceof FlowbreakError && outcome.exitCode === ExitCode.broken
}

/** The reason that all contenders share, or else the reason of each. */
function nothingPlayed(
  contenders: readonly Contender[],
  outcomes: readonly (Played | FlowbreakError)[],
): FlowbreakError {
  const refusals = outcomes.filter((outcome) => outcome instanceof FlowbreakError)
  const [first] = refusals
  if (first !== undefined && refusals.every(({ message }) => message === first.message)) return first
  const reasons = refusals.map(({ message }, index) => `${contenders[index]?.values.join(', ')}: ${message}`)
  return new FlowbreakError('ERR_NOTHING_COMPARED', `No value could be played. ${reasons.join(' ')}`, {
    exitCode: outcomes.some((outcome) => isBroken(outcome)) ? ExitCode.broken : ExitCode.usage,
  })
}

/** Where each column first differs from the first column. */
function firstDifferences(
  rows: ReturnType<Comparison['rows']>,
  columns: number,
): readonly (RowPlace | undefined)[] {
  const found = new Array<RowPlace | undefined>(columns).fill(undefined)
  let open = columns - 1
  let row = 0
  for (const { cells, packet, time } of rows) {
    if (open === 0) break
    const [reference] = cells
    for (let k = 1; k < columns; k++) {
      if (found[k] !== undefined || sameCell(cells[k], reference)) continue
      found[k] = { row, packet: Math.max(0, packet), time }
      open--
    }
    row++
  }
  return found
}

/** Refuses a pipe: a capture is read once for each value. */
function checkRereadable(capture: string): void {
  if (isPipe(capture))
    throw new FlowbreakError(
      'ERR_COMPARE_PIPE',
      'compare reads the capture once for each value, which is impossible with a pipe: write it to a file first.',
    )
}
