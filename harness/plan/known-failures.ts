import { compilePattern, type Matcher } from './pattern.ts'

/** Cases that are known to fail, and why. */
export interface KnownFailure {
  readonly pattern: string
  readonly reason: string
  /** ISO date of the last day on which the failure is excused. */
  readonly expires?: string
}

/** A target's known failures, looked up by the name of a case. */
export class KnownFailures {
  readonly #entries: readonly (KnownFailure & { readonly matches: Matcher })[]
  /** Entries past their last day, which excuse nothing any more. */
  readonly expired: readonly KnownFailure[]

  /** `today`: ISO date. Throws ERR_PATTERN. */
  constructor(entries: readonly KnownFailure[], today: string) {
    const isOver = ({ expires }: KnownFailure): boolean => expires !== undefined && expires < today
    this.expired = entries.filter(isOver)
    this.#entries = entries
      .filter((entry) => !isOver(entry))
      .map((entry) => ({ ...entry, matches: compilePattern(entry.pattern) }))
  }

  /** Entries that are not past their last day. */
  get entries(): readonly KnownFailure[] {
    return this.#entries.map(({ matches: _, ...entry }) => entry)
  }

  /** The first entry that names this case; undefined: no failure of it is known. */
  find(name: string): KnownFailure | undefined {
    return this.#entries.find(({ matches }) => matches(name))
  }

  /** Entries that name none of these cases; they are reported, so that a list cannot become outdated. */
  unmatched(names: readonly string[]): readonly KnownFailure[] {
    return this.#entries.filter(({ matches }) => !names.some(matches))
  }
}

/** No known failures. */
export const NO_KNOWN_FAILURES = new KnownFailures([], '')
