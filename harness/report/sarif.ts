import { type CaseResult, caseResults } from '../log/cases.ts'
import type { Outcome, RunEvent } from '../model/run-log.ts'
import { plainJson } from '../support/steering.ts'
import { differenceWords, reasonOf } from './first-difference.ts'
import { runOf } from './json.ts'
import { groupName } from './names.ts'
import { plain } from './plain.ts'

type Level = 'error' | 'warning' | 'note'

/** Outcomes that are results in SARIF; passes and cases that were never played are not. */
const LEVELS: Readonly<Partial<Record<Outcome, Level>>> = {
  fail: 'error',
  flaky: 'error',
  'unexpected-pass': 'error',
  error: 'error',
  inconclusive: 'warning',
  'known-failure': 'note',
}

/**
 * SARIF 2.1.0: one rule for each requirement, one result for each case that is not as expected, at its line of the suite, so that code
 * hosts show it there; provisional disagreements are notes.
 */
export function renderSarif(events: readonly RunEvent[]): string {
  const results = caseResults(events)
  const run = runOf(events)
  const rules = new Map<string, { readonly index: number; readonly text: string }>()
  const ruleOf = ({ case: test }: CaseResult) => {
    const id = groupName(test)
    const rule = rules.get(id) ?? { index: rules.size, text: test.requirement }
    rules.set(id, rule)
    return { ruleId: id, ruleIndex: rule.index }
  }
  const found = results.flatMap((result) => resultsOf(result, ruleOf))
  const broken = events.flatMap((event) =>
    event.type === 'target-failed'
      ? [{ level: 'error', message: { text: `${event.target}: ${event.message}` } }]
      : [],
  )
  const log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'flowbreak',
            version: run.flowbreak,
            rules: [...rules].map(([id, { text }]) => ({ id, shortDescription: { text } })),
          },
        },
        ...(run.id === '' ? {} : { automationDetails: { id: `flowbreak/${run.id}` } }),
        invocations: [
          {
            executionSuccessful: broken.length === 0 && run.finishedAt !== null,
            ...(run.startedAt === '' ? {} : { startTimeUtc: run.startedAt }),
            ...(run.finishedAt === null ? {} : { endTimeUtc: run.finishedAt }),
            ...(broken.length === 0 ? {} : { toolExecutionNotifications: broken }),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: found,
      },
    ],
  }
  return `${plainJson(log, 2)}\n`
}

function resultsOf(
  result: CaseResult,
  ruleOf: (result: CaseResult) => { ruleId: string; ruleIndex: number },
) {
  const { case: test, target, outcome, finished } = result
  const level = LEVELS[outcome]
  const provisional = (finished?.mismatches ?? []).find((mismatch) => mismatch.level === 'provisional')
  const place = (kind: string, severity: Level, text: string) => ({
    ...ruleOf(result),
    level: severity,
    message: { text: `${test.name} on ${target}: ${text}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(test.file) },
          region: { startLine: Math.max(1, test.line) },
        },
      },
    ],
    // The same in every run, so that a result is recognised again.
    partialFingerprints: { 'flowbreak/v1': `${target}/${test.name}/${kind}` },
    properties: { outcome, target, axes: test.axes, rows: test.rows },
  })
  const failing = level === undefined ? [] : [place('case', level, reasonOf(result))]
  if (provisional === undefined || level !== undefined) return failing
  return [place('provisional', 'note', `provisional: ${differenceWords(provisional, finished?.trace)}`)]
}

/** A path as a URI, relative if the path is. */
function uriOf(path: string): string {
  const encoded = plain(path).split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${encoded}` : encoded
}
