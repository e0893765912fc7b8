import { didYouMean } from '../../support/did-you-mean.ts'
import type { Path, Report } from '../problems.ts'
import { listWords } from '../words.ts'
import { seconds, word } from './values.ts'

type Scalar = string | number | boolean

/** Reads the keys of one flat mapping by name; reports every one that is wrong, and every one that nothing reads. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: Path
  readonly #report: Report
  readonly #asked: string[]

  /** `read`: keys that have been read already. */
  constructor(
    values: Readonly<Record<string, unknown>>,
    path: Path,
    report: Report,
    read: readonly string[],
  ) {
    this.#values = values
    this.#path = path
    this.#report = report
    this.#asked = [...read]
  }

  /** One of some words. */
  word<T extends string>(key: string, words: readonly T[], fallback: T, noun: string): T {
    const value = this.#take(key)
    return word(
      value === undefined ? undefined : String(value),
      words,
      fallback,
      noun,
      this.#at(key),
      this.#report,
    )
  }

  /** A duration, in seconds. */
  seconds(key: string, fallback: number, range: { readonly least: number; readonly most: number }): number {
    const value = this.#take(key)
    if (value === undefined) return fallback
    const text = typeof value === 'boolean' ? String(value) : value
    return seconds(text, range, this.#at(key), this.#report) ?? fallback
  }

  /** A whole number. */
  whole(key: string, fallback: number, range: { readonly least: number; readonly most: number }): number {
    const value = this.#take(key)
    if (value === undefined) return fallback
    const number = Number(value)
    if (Number.isInteger(number) && number >= range.least && number <= range.most) return number
    this.problem(
      key,
      `"${value}" is out of range: write a whole number from ${range.least} to ${range.most}.`,
    )
    return fallback
  }

  /** true or false. */
  flag(key: string, fallback: boolean): boolean {
    const value = this.#take(key)
    if (value === undefined) return fallback
    if (String(value) === 'true' || String(value) === 'false') return String(value) === 'true'
    this.problem(key, `"${value}" is neither true nor false.`)
    return fallback
  }

  /** Any text; undefined if the key is absent. */
  text(key: string): string | undefined {
    const value = this.#take(key)
    return value === undefined ? undefined : String(value)
  }

  problem(key: string, message: string): void {
    this.#report(this.#at(key), message)
  }

  /** Reports keys that nothing has read. `owner`: whose keys they are, in words. */
  end(owner: string): void {
    for (const key of Object.keys(this.#values)) {
      if (this.#asked.includes(key)) continue
      const hint = didYouMean(key, this.#asked) || ` Known here: ${listWords(this.#asked)}.`
      this.#report(this.#at(key), `"${key}" is not a key of ${owner}.${hint}`, 'key')
    }
  }

  #at(key: string): Path {
    return [...this.#path, key]
  }

  #take(key: string): Scalar | undefined {
    this.#asked.push(key)
    const value = this.#values[key]
    if (value === undefined || typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return value
    this.problem(key, 'Write one word or number.')
    return undefined
  }
}
