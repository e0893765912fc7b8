import type { Case } from '../../model/case.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import type { Setup } from '../../model/setup.ts'
import type { KnownFailure } from '../../plan/known-failures.ts'
import type { SharedCapture } from '../../timeline/recorded.ts'
import type { EvidenceChoice } from '../evidence/evidence.ts'
import type { FoldChoice } from '../target-plan.ts'
import type { Doing } from '../watch/watch.ts'
import type { Lot, LotEvent } from './lot.ts'

/** What a worker has to know of a run, as plain data. */
export interface WorkerRun {
  /** The configuration that was named, and the profile that targets are held to. */
  readonly config: string | undefined
  readonly profile: string | undefined
  /** What is not to be written down, and what is to stand in its place. */
  readonly secrets: readonly (readonly [value: string, name: string])[]
  /** The targets that this worker plays; those that are together take turns. */
  readonly plays: readonly (readonly PlayedName[])[]
  readonly seed: number
  readonly fold: FoldChoice
  readonly repeat: number
  readonly retries: number
  readonly bail: boolean
  readonly knownFailures: readonly KnownFailure[]
  readonly evidence: EvidenceChoice
  /** Where the log is. */
  readonly folder: string
  /** Whether packets of cases that passed are asked for outside the log. */
  readonly traced: boolean
  /** Whether somebody looks on at what its targets do. */
  readonly watched: boolean
  /** Captures of its cases, if it is a thread: the run has read them. */
  readonly captures: readonly SharedCapture[]
}

/** A target of a run: what it was asked for by, and what it is called. */
export interface PlayedName {
  readonly asked: string
  readonly name: string
}

/** An event of a lot on its way, and the length of its line: the run knows which case its lot has at `of`. */
export type SentTold =
  | { readonly event: LotEvent; readonly length: number }
  | { readonly of: number; readonly event: Omit<CaseFinished, 'case'>; readonly length: number }

/** Some of what a lot comes to: events, and one after another their lines of the log, which have all of them. */
export interface Part {
  readonly told: readonly SentTold[]
  readonly lines: Uint8Array
}

/** A lot on its way: what all its cases have in common once, and their setup where the worker has not had it before. */
export type SentLot = Omit<Lot, 'cases'> & {
  readonly common: Partial<Case>
  readonly cases: readonly Partial<Case>[]
  readonly configuration?: Setup
}

export type ToWorker =
  | { readonly type: 'run'; readonly run: WorkerRun }
  | { readonly type: 'play'; readonly id: number; readonly lot: SentLot }
  | { readonly type: 'taken'; readonly bytes: number }
  | { readonly type: 'abort' }
  | { readonly type: 'end' }

export type FromWorker =
  | {
      readonly type: 'told'
      readonly id: number
      readonly part: Part
    }
  | { readonly type: 'played'; readonly id: number; readonly failed?: Failed }
  /** What a target of it does. */
  | { readonly type: 'doing'; readonly doing: Doing }
  /** It can be of no use. */
  | { readonly type: 'failed'; readonly failed: Failed }

/** What was thrown. */
export interface Failed {
  readonly code: string
  readonly message: string
  readonly exitCode: number
}

/** One end of the way between a run and a worker. */
export interface WorkerPort<Sent, Received> {
  /** `given`: memory that is given away with it. */
  post(message: Sent, given?: readonly ArrayBuffer[]): void
  listen(take: (message: Received) => void): void
}

/** The worker's end of it. */
export interface OwnPort extends WorkerPort<FromWorker, ToWorker> {
  /** Lets the worker end, once nothing else keeps it. */
  close(): void
}
