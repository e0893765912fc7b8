import type { LogLine } from '../../log/write.ts'
import type { Case } from '../../model/case.ts'
import type { RunEvent } from '../../model/run-log.ts'

/** Most cases of a lot, unless one fold has more: a lost lot is soon played again, and handing one out costs little in comparison. */
export const LOT_CASES = 32

/**
 * A part of a plan that one worker plays: replays of one setup on one target. It depends on the plan alone, never on who plays it, and
 * is plain data, so that it can be sent.
 */
export interface Lot {
  /** From 0, in the order of its target's plan. */
  readonly index: number
  /** The target's name. */
  readonly target: string
  /** Key of the setup, which is the same for all its cases. */
  readonly setup: string
  /** In plan order. */
  readonly cases: readonly Case[]
  /** What is played at once, as indices of `cases`; each case is in exactly one: a case alone, or a fold, which is never divided. */
  readonly replays: readonly (readonly number[])[]
}

/** Events of the run log that a lot gives. */
export type LotEvent = Exclude<RunEvent, { readonly type: 'run-started' | 'run-finished' }>

/**
 * Takes the events of a lot, in order; a player that gets a promise waits for it before it goes on. `line`: the event's line of the log, if
 * it was formatted elsewhere, valid until the call returns; the event itself may then lack the packets of a case that passed.
 */
export type TakeLotEvent = (event: LotEvent, line?: LogLine) => void | Promise<void>

/** A worker died or has gone silent: whatever it had not reported is played again. */
export const WORKER_LOST = 'ERR_WORKER_LOST'

/** Plays lots, here or elsewhere. */
export interface LotPlayer extends AsyncDisposable {
  /** The targets whose lots it takes; absent: all. */
  readonly targets?: readonly string[]
  /** The number of lots that it takes at once; absent: one. */
  readonly slots?: number
  /**
   * Plays a lot and passes on its events: `target-ready` or `target-failed`, then each case; fewer if the signal aborts.
   * Throws ERR_WORKER_LOST if the worker is gone, after which it can be called again; any other error ends the run.
   */
  play(lot: Lot, signal: AbortSignal, take: TakeLotEvent): Promise<void>
}

/** The lot without the cases that have a result; undefined: all have one. */
export function withoutDone(lot: Lot, done: ReadonlySet<string>): Lot | undefined {
  const open = (at: number) => !done.has(lot.cases[at]?.name ?? '')
  const replays = lot.replays.map((replay) => replay.filter(open)).filter(({ length }) => length > 0)
  return replays.length === 0 ? undefined : { ...lot, replays }
}

/** The cases of one replay of a lot. */
export function casesOf(lot: Lot, replay: readonly number[]): readonly Case[] {
  return replay.flatMap((at) => lot.cases[at] ?? [])
}
