import { type CaseResult, caseResults } from '../log/cases.ts'
import { groupBy } from '../log/group.ts'
import type { Outcome, RunEvent } from '../model/run-log.ts'
import { xmlAttributes, xmlText } from './xml.ts'

type Kind = 'failure' | 'error' | 'skipped'

/** The JUnit element for each outcome; a pass has none. */
const KINDS: Readonly<Record<Outcome, Kind | undefined>> = {
  pass: undefined,
  fail: 'failure',
  flaky: 'failure',
  'unexpected-pass': 'failure',
  inconclusive: 'error',
  error: 'error',
  skipped: 'skipped',
  'known-failure': 'skipped',
}

/** JUnit XML as CI servers read it: one test suite for each suite and target, one test case for each case; times in seconds. */
export function renderJunit(events: readonly RunEvent[]): string {
  return [...junitReport(events)].join('')
}

/** The same in pieces. */
export function* junitReport(events: readonly RunEvent[]): Generator<string> {
  const results = caseResults(events)
  const started = events.find((event) => event.type === 'run-started')?.startedAt
  const groups = groupBy(results, ({ case: test, target }) => `${test.suite} (${target})`)
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites name="flowbreak"${xmlAttributes(figures(results))}>\n`
  for (const [name, group] of groups) yield* suiteXml(name, group, started)
  yield '</testsuites>\n'
}

function figures(results: readonly CaseResult[]) {
  const count = (kind: Kind) => results.filter(({ outcome }) => KINDS[outcome] === kind).length
  const { failure: failures, error: errors } = { failure: count('failure'), error: count('error') }
  const milliseconds = results.reduce((sum, { finished }) => sum + (finished?.durationMs ?? 0), 0)
  return { tests: results.length, failures, errors, time: seconds(milliseconds) }
}

function* suiteXml(
  name: string,
  results: readonly CaseResult[],
  started: string | undefined,
): Generator<string> {
  const skipped = results.filter(({ outcome }) => KINDS[outcome] === 'skipped').length
  // The schemas allow no time zone here: it is UTC.
  const timestamp = started?.replace(/(\.\d+)?Z$/, '')
  const attributes = xmlAttributes({ name, ...figures(results), skipped, timestamp })
  yield `  <testsuite${attributes}>\n`
  for (const result of results) yield `${caseXml(result)}\n`
  yield '  </testsuite>\n'
}

function caseXml({ case: test, target, outcome, detail, finished }: CaseResult): string {
  const attributes = xmlAttributes({
    name: test.name,
    classname: `${target}.${test.suite}`,
    time: seconds(finished?.durationMs ?? 0),
  })
  const kind = KINDS[outcome]
  const mismatches = finished?.mismatches ?? []
  const lines = mismatches.map(({ level, message }) => `${level}: ${message}`)
  const where = `${test.file}:${test.line}`
  const inside: string[] = []
  if (kind === 'skipped') inside.push(`<skipped>${xmlText(detail ?? outcome)}</skipped>`)
  else if (kind !== undefined) {
    const first = mismatches.find(({ level }) => level !== 'provisional')?.message
    const body = [test.requirement, ...lines, where].join('\n')
    const head = xmlAttributes({ message: detail ?? first ?? outcome, type: outcome })
    inside.push(`<${kind}${head}>${xmlText(body)}</${kind}>`)
  } else if (lines.length > 0) inside.push(`<system-out>${xmlText(lines.join('\n'))}</system-out>`)
  if (inside.length === 0) return `    <testcase${attributes}/>`
  return `    <testcase${attributes}>\n      ${inside.join('\n      ')}\n    </testcase>`
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(6)
}
