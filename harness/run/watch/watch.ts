import type { RunEvent } from '../../model/run-log.ts'

/** What a run does apart from its results: plain data, so that it can be sent from another process. Times are seconds. */
export type Doing =
  /** A target was set to a setup, or could not be. */
  | {
      readonly kind: 'target-started'
      readonly target: string
      readonly setup: string
      readonly took: number
      /** Index of the worker that did it, from 0; absent: the run itself. */
      readonly worker?: number
    }
  | {
      readonly kind: 'target-refused'
      readonly target: string
      readonly setup: string
      readonly took: number
      readonly problem: string
    }
  | { readonly kind: 'target-stopped'; readonly target: string; readonly setup: string; readonly up: number }
  /** A timeline was played: a calibration, an attempt at the cases of a replay, or one of its rounds. */
  | {
      readonly kind: 'replayed'
      readonly target: string
      readonly packets: number
      readonly took: number
      /** On wires: for each packet that came out, how long it took, in seconds of the device's own clock. */
      readonly latencies: readonly number[]
      /** What ended it early; absent: it was played to its end. */
      readonly problem?: string
    }
  /** The number of lots (parts of the plan) being played, and their targets, each once. */
  | { readonly kind: 'lots'; readonly playing: number; readonly targets: readonly string[] }
  /** The number of workers that the run has started. */
  | { readonly kind: 'workers'; readonly count: number }
  /** A worker ended before the run was done with it; what it played is played again, by a new worker. */
  | { readonly kind: 'worker-lost'; readonly worker: string; readonly problem: string }

/** Observes a run. It must not throw: its own errors do not concern the run. */
export interface Watch {
  /** Takes the next event of the run log. */
  take(event: RunEvent): void
  told(doing: Doing): void
}

/** The lowest level that is written to the journal. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
