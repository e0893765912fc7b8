import { untraced } from '../../log/kept.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { summaryOf } from '../play.ts'
import type { Lot, LotEvent } from './lot.ts'
import type { Part, SentTold } from './messages.ts'

/** Bytes that are reserved for lines at first. */
const ROOM = 1 << 17

/** The worker's end of what a lot comes to: puts events and their lines together to be sent, without what the run knows of them. */
export class PartPacker {
  readonly #places: ReadonlyMap<string, number>
  readonly #traced: boolean
  /** By its JSON: what cases have in common, so that a part has it once. */
  readonly #known = new Map<string, object>()
  #told: SentTold[] = []
  #lines = Buffer.alloc(0)
  #used = 0

  /** `traced`: packets of cases that passed are sent beside their lines too. */
  constructor({ cases }: Lot, traced: boolean) {
    this.#places = new Map(cases.map(({ name }, place) => [name, place]))
    this.#traced = traced
  }

  /** Takes an event as the log is to have it; answers how many bytes of lines are waiting. */
  add(event: LotEvent): number {
    if (event.type !== 'case-finished') {
      this.#told.push({ event, length: this.#write(JSON.stringify(event)) })
      return this.#used
    }
    const texts: Texts = {}
    const length = this.#write(lineOf(event, texts))
    const { case: test, ...rest } = this.#traced ? event : (untraced(event) as CaseFinished)
    const sent = {
      ...rest,
      tally: this.#once(rest.tally, texts.tally),
      counters: this.#once(rest.counters, texts.counters),
      ...(rest.knowledge === undefined ? {} : { knowledge: this.#once(rest.knowledge, texts.knowledge) }),
    }
    const of = this.#places.get(test.name)
    this.#told.push(
      of === undefined ? { event: { ...sent, case: test }, length } : { of, event: sent, length },
    )
    return this.#used
  }

  /** What is waiting, all of whose memory it has; undefined: nothing is. */
  take(): Part | undefined {
    if (this.#told.length === 0) return undefined
    const part = { told: this.#told, lines: this.#lines.subarray(0, this.#used) }
    this.#told = []
    this.#lines = Buffer.alloc(0)
    this.#used = 0
    return part
  }

  #write(line: string): number {
    // As UTF-8 a letter has three bytes at most.
    const needed = this.#used + 3 * line.length
    if (needed > this.#lines.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, ROOM, 2 * this.#lines.length))
      this.#lines.copy(larger, 0, 0, this.#used)
      this.#lines = larger
    }
    const length = this.#lines.write(line, this.#used)
    this.#used += length
    return length
  }

  #once<T extends object>(value: T, text = ''): T {
    const known = this.#known.get(text)
    if (known !== undefined) return known as T
    this.#known.set(text, value)
    return value
  }
}

type Texts = Partial<Record<keyof CaseFinished, string>>

/** What `JSON.stringify` makes of plain data, field by field; `texts` has each of them afterwards. */
export function lineOf(event: CaseFinished, texts: Texts = {}): string {
  let line = ''
  for (const name of Object.keys(event) as (keyof CaseFinished)[]) {
    const text: string | undefined = JSON.stringify(event[name])
    if (text === undefined) continue
    texts[name] = text
    line += `${line === '' ? '{' : ','}"${name}":${text}`
  }
  return `${line}}`
}

/** The run's end: events that were sent, whole again but for packets of cases that passed, each with its line. */
export function* unpackPart(
  { told, lines }: Part,
  { cases }: Lot,
): Generator<readonly [LotEvent, Uint8Array]> {
  let from = 0
  for (const { length, ...sent } of told) {
    const line = lines.subarray(from, from + length)
    from += length
    if (!('of' in sent)) yield [sent.event, line]
    else {
      const test = cases[sent.of]
      if (test === undefined) throw new Error(`a lot of ${cases.length} cases has no case ${sent.of}`)
      const { type, ...rest } = sent.event
      yield [{ type, case: summaryOf(test), ...rest }, line]
    }
  }
}
