import type { Case } from '../../model/case.ts'
import type { CaseFinished, RunEvent } from '../../model/run-log.ts'
import type { Setup } from '../../model/setup.ts'
import type { SweepCell } from '../../model/sweep.ts'
import type { Target } from '../../model/target.ts'
import { NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { CaptureStore } from '../../run/captures.ts'
import { runCases } from '../../run/pipeline.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { ReadyColumn, Sweeping } from './column.ts'
import { caseOf, type Place, placesOf } from './places.ts'
import { Tape } from './tape.ts'

interface Placed extends Place {
  readonly column: number
}

/**
 * Plays the columns of one target as a run plays cases: calibrated, folded, each drop between two controls of its road, within the target's
 * limits.
 */
export async function playByCases(
  target: Target,
  columns: ReadonlyMap<number, ReadyColumn>,
  sweeping: Sweeping,
): Promise<void> {
  const { breaks, reactive, seed, signal, take, fail } = sweeping
  const places = new Map<string, Placed>()
  const cases: Case[] = []
  const captures = new FlowStore()
  const tapes = new Map<number, Tape>()
  for (const [column, { setup, flow }] of columns) {
    captures.keep(setup, flow.recorded)
    tapes.set(column, new Tape(flow, setup.topology.hosts))
    for (const place of placesOf(flow, breaks, setup)) {
      const { broken, packet } = place
      if (place.impossible !== undefined) {
        take(column, broken, packet, place.impossible)
        continue
      }
      const name = `sweep/${column}/${broken}/${packet}`
      places.set(name, { column, broken, packet })
      cases.push(caseOf(place, name, flow, setup, reactive))
    }
  }
  const emit = (event: RunEvent) => {
    if (event.type === 'target-failed') {
      fail(new FlowbreakError('ERR_SWEEP_TARGET', event.message, { exitCode: ExitCode.broken }))
      return
    }
    if (event.type !== 'case-finished' && event.type !== 'case-skipped') return
    const place = places.get(event.case.name)
    const tape = place === undefined ? undefined : tapes.get(place.column)
    if (place === undefined || tape === undefined) return
    const cell: SweepCell =
      event.type === 'case-skipped'
        ? { why: 'skipped', detail: `The target ${target.name} has no ${event.lacks}.` }
        : cellOf(event, tape)
    take(place.column, place.broken, place.packet, cell)
  }
  await runCases({
    ...{ cases: () => cases, captures, targets: [target], seed, signal, emit },
    ...{ fold: 'auto', repeat: 1, retries: 0, bail: false, knownFailures: NO_KNOWN_FAILURES },
  })
}

function cellOf({ outcome, detail = '', trace, impact }: CaseFinished, tape: Tape): SweepCell {
  if (outcome === 'inconclusive') return { why: 'doubt', detail }
  if (trace === undefined) return { why: 'error', detail }
  tape.begin()
  tape.takeTrace(trace)
  return { ...tape.played(), ...(impact === undefined ? {} : { impact }) }
}

/** The flow alone, for whichever case asks. */
class FlowStore extends CaptureStore {
  readonly #kept = new Map<string, Recorded>()

  keep({ key }: Setup, recorded: Recorded): void {
    this.#kept.set(key, recorded)
  }

  override async load(path: string, setup: Setup): Promise<Recorded> {
    return this.#kept.get(setup.key) ?? super.load(path, setup)
  }
}
