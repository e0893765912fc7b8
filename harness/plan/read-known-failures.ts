import { z } from 'zod'
import { mapping } from '../suite/grammar.ts'
import { reportIssues } from '../suite/issues.ts'
import { Problems } from '../suite/problems.ts'
import { readYaml } from '../suite/read.ts'
import { messageOf } from '../support/errors.ts'
import { type KnownFailure, KnownFailures } from './known-failures.ts'
import { compilePattern } from './pattern.ts'

const grammar = z.array(
  mapping({ pattern: z.string().min(1), reason: z.string().trim().min(1), expires: z.string().optional() }),
)

/** For those who guess at the form, since only a page says it. */
const FORM = 'Write each case as - { pattern: suite/case/policy:*, reason: ticket 4711 }.'

/**
 * Reads a list of known failures: YAML, `- { pattern, reason, expires? }`. `today`: ISO date. Throws ERR_KNOWN_FAILURES with
 * every mistake as `file:line:column: sentence`.
 */
export function loadKnownFailures(file: string, today: string): KnownFailures {
  const yaml = readYaml(file, 'ERR_KNOWN_FAILURES')
  const problems = new Problems(file, (path, on) => yaml.locate(path, on))
  const parsed = grammar.safeParse(yaml.value ?? [])
  for (const issue of parsed.error?.issues ?? []) {
    const isNoEntry = issue.code === 'invalid_type' && issue.path.length < 2
    reportIssues([issue], [], yaml.value, (path, sentence, on) =>
      problems.report(path, isNoEntry ? `${sentence} ${FORM}` : sentence, on),
    )
  }
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

/** Whether it is an ISO date that exists in the calendar. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
