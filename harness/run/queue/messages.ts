import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import type { KnownFailure } from '../../plan/known-failures.ts'
import type { EvidenceChoice } from '../evidence/evidence.ts'
import type { FoldChoice } from '../target-plan.ts'
import type { Lot, LotEvent } from '../work/lot.ts'
import type { Blob } from './blobs.ts'

/** How all cases of a run are played, wherever that is. */
export interface RunSpec {
  readonly seed: number
  readonly fold: FoldChoice
  readonly repeat: number
  readonly retries: number
  readonly bail: boolean
  readonly known: readonly KnownFailure[]
  readonly evidence: EvidenceChoice
  /** Whether packets of cases that passed are asked for outside the log. */
  readonly traced: boolean
  /** Folders below which the log names files; see `portablePath`. */
  readonly places: readonly string[]
}

/** What a job of the queue says; all else is where these name it. */
export interface JobData {
  readonly run: string
  readonly attempt: string
}

/** A capture of a lot: what its cases call it, and where it is to be had. */
export interface CaptureBlob extends Blob {
  readonly path: string
}

/** What a worker is asked to do: play a lot, or say what its target lacks for cases. */
export interface Task {
  readonly kind: 'play' | 'lacks'
  readonly lot: Lot
  readonly captures: readonly CaptureBlob[]
}

/** A file beside the log, by its path from there. */
export interface FileBlob extends Blob {
  readonly path: string
}

/** One thing that a worker tells: a line of JSON, followed by one that is empty or, of an event, is the log's. */
export type Told =
  /** What it comes to, its case by its number in the lot, and the files that it names. */
  | { readonly event: LotEvent; readonly files?: readonly FileBlob[] }
  | { readonly lacks: Readonly<Record<string, string>> }
  /** The task is over: done, or given back with the rest of it undone, or ended by an error that ends the run. */
  | { readonly end: 'done' | 'given-back' | { readonly code: string; readonly message: string } }

/** A setup stands once, however many cases have it: it is most of what a case is. */
interface PackedTask extends Omit<Task, 'lot'> {
  readonly lot: Omit<Lot, 'cases'> & { readonly cases: readonly (readonly [Omit<Case, 'setup'>, number])[] }
  readonly setups: readonly Setup[]
}

export function packTask({ lot, ...task }: Task): string {
  const setups = new Map<Setup, number>()
  const cases = lot.cases.map(({ setup, ...test }) => {
    const at = setups.get(setup) ?? setups.size
    setups.set(setup, at)
    return [test, at] as const
  })
  const packed: PackedTask = { ...task, lot: { ...lot, cases }, setups: [...setups.keys()] }
  return JSON.stringify(packed)
}

export function unpackTask(text: string): Task {
  const { lot, setups, ...task } = JSON.parse(text) as PackedTask
  const cases = lot.cases.map(([test, at]) => ({ ...test, setup: setups[at] as Setup }))
  return { ...task, lot: { ...lot, cases } }
}

/** What is told in a part, each with its line of the log. */
export function* toldIn(part: string): Generator<readonly [Told, string]> {
  const lines = part.split('\n')
  for (let at = 0; at + 1 < lines.length; at += 2)
    yield [JSON.parse(lines[at] ?? '') as Told, lines[at + 1] ?? '']
}
