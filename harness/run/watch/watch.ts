import type { RunEvent } from '../../model/run-log.ts'

/** What a run does apart from its results: plain data, so that it travels from wherever it is done as it is. Times are seconds. */
export type Doing =
  /** A target was brought to a setup, or could not be. */
  | {
      readonly kind: 'target-started'
      readonly target: string
      readonly setup: string
      readonly took: number
      /** By which of the workers, from 0; absent: by the run itself. */
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
      /** On wires: of each packet that came out, from when it was sent until then, of the device's own clock. */
      readonly latencies: readonly number[]
      /** What ended it before its time; absent: it was played to its end. */
      readonly problem?: string
    }
  /** Lots, which are parts of the plan, that are being played. */
  | { readonly kind: 'lots'; readonly playing: number }
  /** Workers that the run has begun. */
  | { readonly kind: 'workers'; readonly count: number }
  /** One went away before the run was done with it: what it played is played again, by one that is begun in its stead. */
  | { readonly kind: 'worker-lost'; readonly worker: string; readonly problem: string }

/** Looks on while a run goes on. It must not throw: what is wrong with it is no matter of the run. */
export interface Watch {
  /** The run log's next event. */
  take(event: RunEvent): void
  told(doing: Doing): void
}

/** The least that is written down of what a run does. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
