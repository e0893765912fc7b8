import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import type { KnownFailure } from '../../plan/known-failures.ts'
import type { EvidenceChoice } from '../evidence/evidence.ts'
import type { FoldChoice } from '../target-plan.ts'
import type { Lot, LotEvent } from '../work/lot.ts'
import type { Blob } from './blobs.ts'

/** How all cases of a run are played, wherever they are played. */
export interface RunSpec {
  readonly seed: number
  readonly fold: FoldChoice
  readonly repeat: number
  readonly retries: number
  readonly bail: boolean
  readonly known: readonly KnownFailure[]
  readonly evidence: EvidenceChoice
  /** Whether something besides the log needs the packets of cases that passed. */
  readonly traced: boolean
  /** The folders that paths of files in the log are relative to; see `portablePath`. */
  readonly places: readonly string[]
}

/** The data of a job in the queue: only names; everything else is stored under these. */
export interface JobData {
  readonly run: string
  readonly attempt: string
}

/** A capture of a lot: the path by which its cases name it, and where to get it. */
export interface CaptureBlob extends Blob {
  readonly path: string
}

/** A task for a worker: to play a lot, or to say what its target lacks for cases. */
export interface Task {
  readonly kind: 'play' | 'lacks'
  readonly lot: Lot
  readonly captures: readonly CaptureBlob[]
}

/** A file beside the log, by its path relative to the log. */
export interface FileBlob extends Blob {
  readonly path: string
}

/** One message of a worker: a line of JSON, followed by an empty line, or for an event by its line of the log. */
export type Told =
  /** An event of the lot, with the number of its case in the lot, and the files that it names. */
  | { readonly event: LotEvent; readonly files?: readonly FileBlob[] }
  | { readonly lacks: Readonly<Record<string, string>> }
  /** The task is over: done, given back unfinished, or ended by an error that ends the run. */
  | { readonly end: 'done' | 'given-back' | { readonly code: string; readonly message: string } }

/** Setups are stored once, however many cases have them, because they are most of a case's size. */
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

/** The messages in a part, each with its line of the log. */
export function* toldIn(part: string): Generator<readonly [Told, string]> {
  const lines = part.split('\n')
  for (let at = 0; at + 1 < lines.length; at += 2)
    yield [JSON.parse(lines[at] ?? '') as Told, lines[at + 1] ?? '']
}
