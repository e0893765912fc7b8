import type { AddressRanges, Target } from '../model/target.ts'

/** The description of a target: its kind, and the options of that kind. */
export interface TargetSpec {
  readonly kind: string
  readonly [option: string]: unknown
}

export interface TargetContext {
  /** Its name in the run. */
  readonly name: string
  /** That of flowbreak itself. */
  readonly version: string
  /** Where relative paths in its options start; absent: the working directory. */
  readonly folder?: string
  /** The addresses of cases and controls; absent: `BENCHMARKING`. */
  readonly addresses?: AddressRanges
  /** Aborts the making; absent: nothing does. */
  readonly signal?: AbortSignal
}

/** Makes a target of one kind, without touching a device. Throws ERR_TARGET_OPTION if the options are not those of the kind. */
export type TargetMaker = (spec: TargetSpec, context: TargetContext) => Target | Promise<Target>
