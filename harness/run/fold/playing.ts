import type { Foldable } from '../../plan/folding.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Attempt } from '../play.ts'
import type { Rounds } from '../rounds.ts'

/** A case of a fold, with its capture. */
export interface FoldEntry extends Foldable {
  readonly recorded: Recorded
}

/** A case of a fold that is being played. */
export interface Playing {
  readonly entry: FoldEntry
  /** Finds in rounds what it offers; absent: it depends on no answers. */
  readonly rounds?: Rounds
  /** Set once its last round has been played. */
  attempt?: Omit<Attempt, 'durationMs'>
  /** Its share of the time of all rounds, in milliseconds. */
  took: number
}
