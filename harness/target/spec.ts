import type { AddressRanges, Target } from '../model/target.ts'

/** What describes a target: its kind, and what that kind asks for. */
export interface TargetSpec {
  readonly kind: string
  readonly [option: string]: unknown
}

export interface TargetContext {
  /** What the run calls it. */
  readonly name: string
  /** Of flowbreak itself. */
  readonly version: string
  /** Where relative paths of its options begin; absent: where the process is. */
  readonly folder?: string
  /** Where cases and controls have their addresses; absent: `BENCHMARKING`. */
  readonly addresses?: AddressRanges
  /** Ends what is being made; absent: nothing does. */
  readonly signal?: AbortSignal
}

/** Makes a target of one kind. Throws ERR_TARGET_OPTION where the spec is not what the kind asks for; touches no device. */
export type TargetMaker = (spec: TargetSpec, context: TargetContext) => Target | Promise<Target>
