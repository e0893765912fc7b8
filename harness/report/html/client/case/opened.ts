import type { Setup } from '../../../../model/setup.ts'
import { rerunCommand } from '../../../rerun.ts'
import type { CaseRecord, PageIndex, Side } from '../../view.ts'
import type { CaseEntry } from '../entries.ts'
import { type TraceView, traceView } from '../trace.ts'

/** A case that is open, with all that its block told. */
export interface OpenedCase {
  readonly entry: CaseEntry
  readonly record: CaseRecord
  readonly side: Side
  readonly view: TraceView | undefined
  /** Absent in logs of earlier versions, and for what was skipped. */
  readonly setup: Setup | undefined
  readonly command: string
}

export function openedCase(
  index: PageIndex,
  entry: CaseEntry,
  record: CaseRecord,
  setup: Setup | undefined,
  ambiguous: boolean,
): OpenedCase {
  const side = index.sides[entry.side]
  if (side === undefined) throw new Error(`The report has no side ${entry.side}.`)
  const { target, seed, options } = side
  const command = rerunCommand(record.case, { target, seed, options, ambiguous })
  return { entry, record, side, view: traceView(record), setup, command }
}
