import type { Setup } from '../../model/setup.ts'
import type { SweepCell } from '../../model/sweep.ts'
import type { Target } from '../../model/target.ts'
import type { FlowbreakError } from '../../support/errors.ts'
import type { Break } from './break.ts'
import type { SweptFlow } from './swept-flow.ts'

/** One combination of values, ready to be played. */
export interface ReadyColumn {
  readonly target: Target
  readonly setup: Setup
  readonly flow: SweptFlow
}

/** What is played in every column, and who is told of it. */
export interface Sweeping {
  readonly breaks: readonly Break[]
  readonly reactive: boolean
  readonly seed: number
  readonly signal: AbortSignal
  /** Takes what came of a place of column `column`; break and packet -1: of the flow unbroken. */
  readonly take: (column: number, broken: number, packet: number, cell: SweepCell) => void
  /** A target or a set-up broke. */
  readonly fail: (thrown: FlowbreakError) => void
}
