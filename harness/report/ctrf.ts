import { type CaseResult, caseResults } from '../log/cases.ts'
import type { Outcome, RunEvent } from '../model/run-log.ts'
import { reasonOf } from './first-difference.ts'
import { runOf } from './json.ts'
import { jsonPieces } from './json-list.ts'

/** Version of the Common Test Report Format that is written. */
const CTRF_VERSION = '0.0.0'

type Status = 'passed' | 'failed' | 'skipped' | 'pending' | 'other'

/** CTRF has five words; flowbreak's own are in `rawStatus`. An outcome that is not known is `other`, never a pass. */
const STATUSES: Readonly<Record<Outcome, Status>> = {
  pass: 'passed',
  fail: 'failed',
  flaky: 'failed',
  'unexpected-pass': 'failed',
  error: 'failed',
  inconclusive: 'other',
  'known-failure': 'skipped',
  skipped: 'skipped',
}

/** Common Test Report Format (ctrf.io): one test for each case and target, with its axes as parameters. */
export function renderCtrf(events: readonly RunEvent[]): string {
  return [...ctrfReport(events)].join('')
}

/** The same in pieces. */
export function* ctrfReport(events: readonly RunEvent[]): Generator<string> {
  const results = caseResults(events)
  const run = runOf(events)
  const count = (status: Status) => results.filter(({ outcome }) => STATUSES[outcome] === status).length
  const start = Date.parse(run.startedAt) || 0
  const stop = Math.max(start, Date.parse(run.finishedAt ?? run.startedAt) || 0)
  const report = (tests: readonly unknown[]) => ({
    reportFormat: 'CTRF',
    specVersion: CTRF_VERSION,
    ...(run.id === '' ? {} : { runId: run.id }),
    ...(run.finishedAt === null ? {} : { timestamp: run.finishedAt }),
    generatedBy: `flowbreak ${run.flowbreak}`.trim(),
    results: {
      tool: { name: 'flowbreak', version: run.flowbreak },
      summary: {
        tests: results.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: count('pending'),
        other: count('other'),
        flaky: results.filter(({ outcome }) => outcome === 'flaky').length,
        suites: new Set(results.map(({ case: test }) => test.suite)).size,
        start,
        stop,
        duration: stop - start,
      },
      tests,
      environment: { extra: { seed: run.seed, node: run.node, command: run.command } },
    },
  })
  yield* jsonPieces(report, results, testOf)
  yield '\n'
}

function testOf(result: CaseResult) {
  const { case: test, target, outcome, finished } = result
  const mismatches = finished?.mismatches ?? []
  return {
    // The same case on another target is another test.
    testId: `${target}/${test.name}`,
    name: test.name,
    status: STATUSES[outcome],
    rawStatus: outcome,
    duration: Math.round(finished?.durationMs ?? 0),
    suite: [target, ...test.suite.split('/')],
    ...(outcome === 'pass' ? {} : { message: reasonOf(result) }),
    ...(mismatches.length === 0
      ? {}
      : { trace: mismatches.map(({ level, message }) => `${level}: ${message}`).join('\n') }),
    filePath: test.file,
    line: test.line,
    tags: test.tags,
    retries: Math.max(0, (finished?.attempt ?? 1) - 1),
    flaky: outcome === 'flaky',
    parameters: test.axes,
    extra: {
      target,
      requirement: test.requirement,
      rows: test.rows,
      policy: test.policy,
      profile: test.profile,
      capture: test.capture,
      ...(finished === undefined ? {} : { tally: finished.tally }),
    },
  }
}
