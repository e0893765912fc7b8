import type { CaseFinished, CaseSummary, Outcome } from '../../model/run-log.ts'
import type { Setup } from '../../model/setup.ts'
import type { OutcomeStyle } from '../outcomes.ts'
import type { FrontCoded } from './client/front.ts'

/** What the page knows of every case from the start; everything else is in the case's block, and is read when the case is opened. */
export interface PageIndex {
  readonly outcomes: Readonly<Record<Outcome, Pick<OutcomeStyle, 'mark' | 'word' | 'rank'>>>
  /** In the order of the totals. */
  readonly order: readonly Outcome[]
  readonly sides: readonly Side[]
  readonly axes: readonly PageAxis[]
  /** Texts that many cases share; numbers below are indices into it. */
  readonly texts: readonly string[]
  /** Names of cases. */
  readonly names: FrontCoded
  /** Sets of axes that cases have. */
  readonly axisSets: readonly Readonly<Record<string, string>>[]
  readonly cases: readonly CaseRow[]
}

/** By what cases are shown side by side: a target of a run. */
export interface Side {
  /** Unique among the sides: the target, and if there are several runs the run. */
  readonly name: string
  readonly target: string
  readonly version: string
  readonly run: string
  readonly seed: number
  /** Options of the run that are needed to play its cases again: `--config`, `--profile`. */
  readonly options: readonly string[]
}

export interface PageAxis {
  readonly name: string
  readonly values: readonly string[]
  /** Whether its values make columns of the matrix until the reader chooses others. */
  readonly chosen: boolean
}

/** A case on one side; a tuple, because there are thousands. */
export type CaseRow = readonly [
  side: number,
  outcome: number,
  name: number,
  short: number,
  suite: number,
  axes: number,
  requirement: number,
  /** Tags and decision rows, for searching. */
  words: number,
  block: number,
  /** Its place in the block. */
  place: number,
  glance?: Glance,
]

/** For a case that needs a look: the first thing that was not as expected; indices of texts. */
export type Glance = readonly [where: number, expected: number, observed: number, source: number]

/** A case in its block: the log's own data. */
export interface CaseRecord {
  readonly case: CaseSummary
  readonly detail?: string
  readonly finished?: Omit<CaseFinished, 'type' | 'case' | 'target' | 'outcome' | 'detail'>
}

/** Setups by key, in a block of their own. */
export type SetupTable = Readonly<Record<string, Setup>>
