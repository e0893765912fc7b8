import { closeSync, existsSync, fstatSync, openSync } from 'node:fs'
import type { Case } from '../model/case.ts'
import type { RunEvent, RunInput } from '../model/run-log.ts'
import { FlowbreakError } from '../support/errors.ts'
import { readRunLog } from './read.ts'
import { summarise } from './summary.ts'
import { wholeLength } from './whole-length.ts'

type Started = RunEvent & { readonly type: 'run-started' }

/** A run that was begun and is to be resumed. */
export class UnfinishedRun {
  readonly log: string
  /** The events in its complete lines. */
  readonly events: readonly RunEvent[]
  readonly started: Started
  /** Bytes of its complete lines before they were read. */
  readonly #length: number
  readonly #done = new Set<string>()

  /** Reads the log. Throws ERR_LOG, and ERR_RESUME if this run cannot be resumed. */
  constructor(log: string) {
    this.log = log
    const { length, isCut } = extentOf(log)
    this.#length = length
    const read = readRunLog(log)
    // Whatever it says, a last line without its end is not in the log that is gone on with.
    this.events = isCut ? read.slice(0, -1) : read
    const started = this.events.find((event) => event.type === 'run-started')
    if (started?.type !== 'run-started') throw refused(log, 'holds no beginning of a run')
    if (started.merged !== undefined)
      throw refused(log, 'was merged from several runs: resume those, and merge them again')
    this.started = started
    for (const event of this.events)
      if (event.type === 'case-finished' || event.type === 'case-skipped')
        this.#done.add(keyOf(event.target, event.case.name))
    if (summarise(this.events).reason === 'completed')
      throw refused(
        log,
        `is complete, with all its ${this.#done.size} results: flowbreak report show reads it`,
      )
  }

  /** The cases of a target that have no result yet. */
  remaining(target: string, cases: readonly Case[]): readonly Case[] {
    return cases.filter(({ name }) => !this.#done.has(keyOf(target, name)))
  }

  /** Throws ERR_RESUME if the log, whose complete lines now have that length, was continued by another process since it was read. */
  checkUnchanged(length: number): void {
    if (length !== this.#length)
      throw refused(this.log, 'was continued by another process at the same time: resume it again')
  }

  /** Throws ERR_RESUME if what would be played differs from what was begun: another flowbreak, other suites or captures. */
  checkSame(
    flowbreak: string,
    inputs: { suites: readonly RunInput[]; captures: readonly RunInput[] },
    costs?: string,
  ): void {
    const { started, log } = this
    if (started.costs !== costs)
      throw refused(
        log,
        'was divided by other costs than --shard-costs has now: put those back, or start anew',
      )
    if (started.flowbreak !== flowbreak)
      throw refused(log, `was begun by flowbreak ${started.flowbreak}, and this is ${flowbreak}: start anew`)
    const now = [...inputs.suites, ...inputs.captures]
    const then = [...(started.suites ?? []), ...(started.captures ?? [])]
    const hashes = new Map(then.map(({ file, sha256 }) => [file, sha256]))
    const changed = now.find(({ file, sha256 }) => hashes.get(file) !== sha256)
    if (changed !== undefined)
      throw refused(log, `was begun with another ${changed.file}: put that back, or start anew`)
    const gone = then.find(({ file }) => now.every((input) => input.file !== file))
    if (gone !== undefined)
      throw refused(log, `was begun with ${gone.file}, of which no case is left: start anew`)
  }
}

/** The bytes of a log's complete lines, and whether a last line is cut off. */
function extentOf(log: string): { readonly length: number; readonly isCut: boolean } {
  if (!existsSync(log)) return { length: 0, isCut: false }
  const fd = openSync(log, 'r')
  try {
    const length = wholeLength(fd)
    return { length, isCut: length < fstatSync(fd).size }
  } finally {
    closeSync(fd)
  }
}

function keyOf(target: string, name: string): string {
  return `${target}\n${name}`
}

function refused(log: string, why: string): FlowbreakError {
  return new FlowbreakError('ERR_RESUME', `The run of ${log} cannot be resumed: it ${why}.`)
}
