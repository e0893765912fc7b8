import { closeSync, openSync, readSync } from 'node:fs'
import type { CaseFinished, CaseSummary, Mismatch, RunEvent, Sighted } from '../model/run-log.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import { Shared } from './shared.ts'

/** The position of a line in a log, in bytes, without its newline. */
export interface LinePlace {
  readonly at: number
  readonly length: number
}

/** Bytes of lines whose events are kept in memory: those of some thousand cases. */
const AS_THEY_ARE = 16 << 20
/** Bytes that are read at once. */
const WINDOW = 1 << 20
const NOTHING: readonly never[] = []

/**
 * The events of a log, in memory that hardly grows with the contents of cases: once there are many, packets, mismatches and sightings of a
 * case stay in the log, and are read from there on demand. Values that several cases have in common are kept once.
 */
export class KeptEvents {
  readonly #log: LogLines
  readonly #shared = new Shared()
  readonly #traced: boolean
  readonly #room: number
  #taken = 0

  /**
   * `file`: the log. `traced`: packets of cases that passed are needed too. `room`: bytes of lines whose events are kept in memory.
   * The log must not change as long as its events are used.
   */
  constructor(file: string, { traced = true, room = AS_THEY_ARE }: { traced?: boolean; room?: number } = {}) {
    this.#log = new LogLines(file)
    this.#traced = traced
    this.#room = room
  }

  /** The event to keep for an event whose line is, or will be, at that place. */
  keep(event: RunEvent, { at, length }: LinePlace): RunEvent {
    if (event.type !== 'case-finished') {
      if (event.type !== 'case-skipped' || this.#taken < this.#room) return event
      return { ...event, case: this.#shared.summary(event.case) }
    }
    this.#taken += length
    if (this.#taken <= this.#room) return this.#traced ? event : untraced(event)
    // It has the fields of `CaseFinished`; absent fields are undefined here.
    return new KeptCase(event, this.#log, { at, length }, this.#shared) as unknown as CaseFinished
  }
}

/** Whether an event is a result whose packets no report needs, unless it shows those of all cases. */
export function isPlain(event: RunEvent): event is CaseFinished {
  return event.type === 'case-finished' && event.outcome === 'pass' && event.sightings === undefined
}

/** What reports need of a case that passed, without its packets: those of thousands of cases would fill memory, or a page. */
export function untraced(event: RunEvent): RunEvent {
  if (!isPlain(event)) return event
  const { trace: _, ...rest } = wholeEvent(event)
  return rest
}

/** An event as in its line, with fields of its own, so that it can be copied or written. */
export function wholeEvent<T extends RunEvent>(event: T): T {
  return event instanceof KeptCase ? (event.toJSON() as T) : event
}

/** A result without its larger parts, which stay in the log. */
class KeptCase {
  readonly type = 'case-finished'
  readonly case: CaseSummary
  readonly target: string
  readonly attempt: number
  readonly outcome: CaseFinished['outcome']
  readonly detail: string | undefined
  readonly durationMs: number
  readonly tally: CaseFinished['tally']
  readonly counters: CaseFinished['counters']
  readonly impact: CaseFinished['impact']
  readonly knowledge: CaseFinished['knowledge']
  readonly evidence: string | undefined
  readonly collected: string | undefined
  readonly #log: LogLines
  readonly #at: number
  readonly #length: number
  /** Bits that say which parts the line has. */
  readonly #has: number

  constructor(event: CaseFinished, log: LogLines, { at, length }: LinePlace, shared: Shared) {
    this.case = shared.summary(event.case)
    this.target = shared.text(event.target)
    this.attempt = event.attempt
    this.outcome = event.outcome
    this.detail = event.detail === undefined ? undefined : shared.text(event.detail)
    this.durationMs = event.durationMs
    this.tally = shared.value(event.tally)
    this.counters = shared.value(event.counters)
    this.impact = event.impact
    this.knowledge = event.knowledge === undefined ? undefined : shared.value(event.knowledge)
    this.evidence = event.evidence
    this.collected = event.collected
    this.#log = log
    this.#at = at
    this.#length = length
    this.#has =
      (event.mismatches.length > 0 ? 1 : 0) |
      (event.sightings === undefined ? 0 : 2) |
      (event.outages === undefined ? 0 : 4) |
      (event.trace === undefined ? 0 : 8)
  }

  get mismatches(): readonly Mismatch[] {
    return this.#has & 1 ? this.toJSON().mismatches : NOTHING
  }

  get sightings(): readonly Sighted[] | undefined {
    return this.#has & 2 ? this.toJSON().sightings : undefined
  }

  get outages(): CaseFinished['outages'] {
    return this.#has & 4 ? this.toJSON().outages : undefined
  }

  get trace(): CaseFinished['trace'] {
    return this.#has & 8 ? this.toJSON().trace : undefined
  }

  toJSON(): CaseFinished {
    return this.#log.caseAt(this.#at, this.#length)
  }
}

/** Reads single lines of a log, fastest in their order. */
class LogLines {
  readonly #file: string
  #window = Buffer.alloc(0)
  /** Offset of the window in the file. */
  #from = 0
  #lastAt = -1
  #last: CaseFinished | undefined

  constructor(file: string) {
    this.#file = file
  }

  caseAt(at: number, length: number): CaseFinished {
    if (this.#last !== undefined && this.#lastAt === at) return this.#last
    try {
      if (at < this.#from || at + length > this.#from + this.#window.length) this.#read(at, length)
      const text = this.#window.toString('utf8', at - this.#from, at - this.#from + length)
      this.#last = JSON.parse(text) as CaseFinished
    } catch (thrown) {
      throw new FlowbreakError(
        'ERR_LOG',
        `The run log ${this.#file} has changed since it was read (${messageOf(thrown)}).`,
        { cause: thrown },
      )
    }
    this.#lastAt = at
    return this.#last
  }

  #read(at: number, length: number): void {
    const fd = openSync(this.#file, 'r')
    try {
      const window = Buffer.allocUnsafeSlow(Math.max(WINDOW, length))
      this.#window = window.subarray(0, readSync(fd, window, 0, window.length, at))
      this.#from = at
    } finally {
      closeSync(fd)
    }
  }
}
