import { Automaton } from './automaton.ts'
import { Findings } from './findings.ts'
import { GramSearch, SHORTEST } from './gram-search.ts'

interface Pattern {
  readonly bytes: Uint8Array
  /** Its index. */
  readonly id: number
}

const bytesOf = ({ bytes }: Pattern) => bytes
const idOf = ({ id }: Pattern) => id

/** Finds many patterns in bytes, ignoring case: short ones with an automaton, the others by their grams. */
export class PatternSearch {
  readonly #short: Automaton | undefined
  readonly #long: GramSearch | undefined
  /** Length of the longest pattern. */
  readonly longest: number
  /** The result of the last `scan`. */
  readonly found = new Findings()

  /** At least one pattern, in lower case; none is empty. */
  constructor(patterns: readonly Uint8Array[]) {
    this.longest = patterns.reduce((most, { length }) => Math.max(most, length), 0)
    const all = patterns.map((bytes, id) => ({ bytes, id }))
    const short = all.filter(({ bytes }) => bytes.length < SHORTEST)
    const long = all.filter(({ bytes }) => bytes.length >= SHORTEST)
    if (short.length > 0) this.#short = new Automaton(short.map(bytesOf), short.map(idOf))
    if (long.length > 0) this.#long = new GramSearch(long.map(bytesOf), long.map(idOf))
  }

  /** Searches for patterns that lie wholly within the bytes `from` … `to`-1. */
  scan(bytes: Uint8Array, from: number, to: number): Findings {
    const { found } = this
    found.clear()
    this.#short?.scan(bytes, from, to, found)
    this.#long?.scan(bytes, from, to, found)
    return found
  }
}
