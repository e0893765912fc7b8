import type { Case } from '../../model/case.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import type { Setup } from '../../model/setup.ts'
import type { KnownFailure } from '../../plan/known-failures.ts'
import type { SharedCapture } from '../../timeline/recorded.ts'
import type { EvidenceChoice } from '../evidence/evidence.ts'
import type { FoldChoice } from '../target-plan.ts'
import type { Doing } from '../watch/watch.ts'
import type { Lot, LotEvent } from './lot.ts'

/** What a worker must know of a run, as plain data. */
export interface WorkerRun {
  /** The configuration file that was named, and the profile that targets are limited to. */
  readonly config: string | undefined
  readonly profile: string | undefined
  /** Texts that must not be written down, and their replacements. */
  readonly secrets: readonly (readonly [value: string, name: string])[]
  /** The targets that this worker plays; those in one group take turns. */
  readonly plays: readonly (readonly PlayedName[])[]
  readonly seed: number
  readonly fold: FoldChoice
  readonly repeat: number
  readonly retries: number
  readonly bail: boolean
  readonly knownFailures: readonly KnownFailure[]
  readonly evidence: EvidenceChoice
  /** The folder of the log. */
  readonly folder: string
  /** Whether something besides the log needs the packets of cases that passed. */
  readonly traced: boolean
  /** Whether somebody watches what its targets do. */
  readonly watched: boolean
  /** Captures of its cases, if it is a thread: the run has read them. */
  readonly captures: readonly SharedCapture[]
}

/** A target of a run: the text that asked for it, and its name. */
export interface PlayedName {
  readonly asked: string
  readonly name: string
}

/** An event of a lot on its way, and the length of its line; `of`: index of its case in the lot, which the run has. */
export type SentTold =
  | { readonly event: LotEvent; readonly length: number }
  | { readonly of: number; readonly event: Omit<CaseFinished, 'case'>; readonly length: number }

/** Lines one after another, or their length if they begin the shared memory that an earlier part with the same block brought. */
export type Lines = Uint8Array | number

/** A part of a lot's events, and their complete lines of the log one after another. */
export interface Part {
  readonly told: readonly SentTold[]
  readonly lines: Lines
  /** The worker's number for their memory, which is valid until the run says that it has taken them. */
  readonly block: number
}

/** A lot on its way: common fields of its cases once, and their setup only if the worker has not had it yet. */
export type SentLot = Omit<Lot, 'cases'> & {
  readonly common: Partial<Case>
  readonly cases: readonly Partial<Case>[]
  readonly configuration?: Setup
}

export type ToWorker =
  | { readonly type: 'run'; readonly run: WorkerRun }
  | { readonly type: 'play'; readonly id: number; readonly lot: SentLot }
  | { readonly type: 'taken'; readonly bytes: number; readonly block: number }
  | { readonly type: 'abort' }
  | { readonly type: 'end' }

export type FromWorker =
  | {
      readonly type: 'told'
      readonly id: number
      readonly part: Part
    }
  | { readonly type: 'played'; readonly id: number; readonly failed?: Failed }
  /** What one of its targets does. */
  | { readonly type: 'doing'; readonly doing: Doing }
  /** The worker cannot be used. */
  | { readonly type: 'failed'; readonly failed: Failed }

/** An error that was thrown. */
export interface Failed {
  readonly code: string
  readonly message: string
  readonly exitCode: number
}

/** One end of the connection between a run and a worker. */
export interface WorkerPort<Sent, Received> {
  post(message: Sent): void
  listen(take: (message: Received) => void): void
}

/** The worker's end. */
export interface OwnPort extends WorkerPort<FromWorker, ToWorker> {
  /** Whether the run is in the same process, and so can share memory. */
  readonly isThread: boolean
  /** Lets the worker end, once nothing else keeps it alive. */
  close(): void
}
