import type { Bench } from './bench.ts'

/** One thing that every target must do. */
export interface Check {
  /** What a target does, after "a target". */
  readonly name: string
  /** Throws ERR_TARGET_CONTRACT if it does not. */
  readonly run: (bench: Bench) => Promise<void>
}
