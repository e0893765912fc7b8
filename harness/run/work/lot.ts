import type { LogLine } from '../../log/write.ts'
import type { Case } from '../../model/case.ts'
import type { RunEvent } from '../../model/run-log.ts'

/** Cases of a lot at most, unless one fold has more: a lot that is lost is soon played again, and handing one out costs little beside it. */
export const LOT_CASES = 32

/**
 * A part of a plan that one worker plays: replays of one setup on one target. It follows from the plan alone, never from who plays it, and
 * is plain data, so that it can be sent.
 */
export interface Lot {
  /** From 0, in the order of its target's plan. */
  readonly index: number
  /** The target's name. */
  readonly target: string
  /** Key of the setup that all its cases have. */
  readonly setup: string
  /** In plan order. */
  readonly cases: readonly Case[]
  /** What is played at once, as indices of `cases`, each of which is in one: a case by itself, or a fold, which is never divided. */
  readonly replays: readonly (readonly number[])[]
}

/** What a lot comes to in the run log. */
export type LotEvent = Exclude<RunEvent, { readonly type: 'run-started' | 'run-finished' }>

/**
 * Takes what a lot comes to, in order; a player that is answered with a promise goes on when that is settled. `line`: the event as it is to
 * stand in the log, where it was written out elsewhere; the event itself may then lack the packets of a case that passed.
 */
export type TakeLotEvent = (event: LotEvent, line?: LogLine) => void | Promise<void>

/** A worker that died, or that nothing is heard of any more: what it had not told of is played again. */
export const WORKER_LOST = 'ERR_WORKER_LOST'

/** Plays lots, here or elsewhere. */
export interface LotPlayer extends AsyncDisposable {
  /** The targets whose lots it takes; absent: all. */
  readonly targets?: readonly string[]
  /** Lots that it takes at once; absent: one. */
  readonly slots?: number
  /**
   * Plays a lot and tells what it comes to: `target-ready` or `target-failed`, then each case; less than the whole where the signal aborts.
   * Throws ERR_WORKER_LOST when who played it is gone, after which it can be called again; whatever else it throws ends the run.
   */
  play(lot: Lot, signal: AbortSignal, take: TakeLotEvent): Promise<void>
}

/** The lot without the cases that have a result; undefined: all have. */
export function withoutDone(lot: Lot, done: ReadonlySet<string>): Lot | undefined {
  const open = (at: number) => !done.has(lot.cases[at]?.name ?? '')
  const replays = lot.replays.map((replay) => replay.filter(open)).filter(({ length }) => length > 0)
  return replays.length === 0 ? undefined : { ...lot, replays }
}

/** The cases of one replay of a lot. */
export function casesOf(lot: Lot, replay: readonly number[]): readonly Case[] {
  return replay.flatMap((at) => lot.cases[at] ?? [])
}
