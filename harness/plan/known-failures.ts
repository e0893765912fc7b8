import { z } from 'zod'
import { mapping } from '../suite/grammar.ts'
import { reportIssues } from '../suite/issues.ts'
import { Problems } from '../suite/problems.ts'
import { readYaml } from '../suite/read.ts'
import { messageOf } from '../support/errors.ts'
import { compilePattern, type Matcher } from './pattern.ts'

/** Cases that are known to fail, and why. */
export interface KnownFailure {
  readonly pattern: string
  readonly reason: string
  /** ISO date of the last day on which the failure is excused. */
  readonly expires?: string
}

const grammar = z.array(
  mapping({ pattern: z.string().min(1), reason: z.string().trim().min(1), expires: z.string().optional() }),
)

/** A target's known failures, asked by the name of a case. */
export class KnownFailures {
  readonly #entries: readonly (KnownFailure & { readonly matches: Matcher })[]
  /** Entries past their day, which excuse nothing any more. */
  readonly expired: readonly KnownFailure[]

  /** `today`: ISO date. Throws ERR_PATTERN. */
  constructor(entries: readonly KnownFailure[], today: string) {
    const isOver = ({ expires }: KnownFailure): boolean => expires !== undefined && expires < today
    this.expired = entries.filter(isOver)
    this.#entries = entries
      .filter((entry) => !isOver(entry))
      .map((entry) => ({ ...entry, matches: compilePattern(entry.pattern) }))
  }

  /** Those that are not past their day. */
  get entries(): readonly KnownFailure[] {
    return this.#entries.map(({ matches: _, ...entry }) => entry)
  }

  /** The first entry that names this case; undefined: its failure is not known. */
  find(name: string): KnownFailure | undefined {
    return this.#entries.find(({ matches }) => matches(name))
  }

  /** Entries that name none of these cases, so that a list cannot rot. */
  unmatched(names: readonly string[]): readonly KnownFailure[] {
    return this.#entries.filter(({ matches }) => !names.some(matches))
  }
}

/** No known failures. */
export const NO_KNOWN_FAILURES = new KnownFailures([], '')

/**
 * Reads a list of known failures: YAML, `- { pattern, reason, expires? }`. `today`: ISO date. Throws ERR_KNOWN_FAILURES with
 * every mistake as `file:line:column: sentence`.
 */
export function loadKnownFailures(file: string, today: string): KnownFailures {
  const yaml = readYaml(file, 'ERR_KNOWN_FAILURES')
  const problems = new Problems(file, (path, on) => yaml.locate(path, on))
  const parsed = grammar.safeParse(yaml.value ?? [])
  if (!parsed.success) reportIssues(parsed.error.issues, [], yaml.value, problems.report)
  const entries: readonly KnownFailure[] = (parsed.data ?? []).map(({ expires, ...entry }) => {
    return expires === undefined ? entry : { ...entry, expires }
  })
  for (const [index, { pattern, expires }] of entries.entries()) {
    try {
      compilePattern(pattern)
    } catch (error) {
      problems.report([index, 'pattern'], messageOf(error))
    }
    if (expires !== undefined && !isDate(expires))
      problems.report([index, 'expires'], `"${expires}" is not a date: write it as in 2027-01-31.`)
  }
  problems.throwIfAny('ERR_KNOWN_FAILURES')
  return new KnownFailures(entries, today)
}

/** ISO, and a day that the calendar has. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
