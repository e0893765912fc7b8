import { basename } from 'node:path'
import type { CaseResult } from '../../log/cases.ts'
import type { Expectation, Impact, Provenance } from '../../model/case.ts'
import type { CaseFinished, CaseTrace, Mismatch } from '../../model/run-log.ts'
import { formatDuration } from '../../support/duration.ts'
import { shortName } from '../names.ts'
import { expectedWords } from './expected.ts'
import { traceView } from './trace-view.ts'
import type { CaseView, ExpectationView, MismatchView } from './view.ts'
import type { Words } from './words.ts'

/** One case on one target as the page shows it; `several`: there is more than one target, so it counts as an axis. */
export function caseView(result: CaseResult, several: boolean, words: Words): CaseView {
  const { case: test, target, outcome, detail = '', finished } = result
  const trace = finished?.trace
  return {
    name: test.name,
    short: shortName(test),
    suite: test.suite,
    target,
    outcome,
    detail,
    requirement: test.requirement,
    axes: several ? { target, ...test.axes } : test.axes,
    tags: test.tags,
    rows: test.rows,
    facts: factsOf(result),
    mismatches: mismatchViews(finished?.mismatches ?? [], trace),
    expectations: test.expectations.map(expectationView),
    hosts: finished === undefined ? (trace?.hosts ?? []) : namesOfCounters(finished),
    counters: finished === undefined ? [] : countersOf(finished),
    ...(finished === undefined || trace === undefined ? {} : { trace: traceView(finished, trace, words) }),
  }
}

function factsOf({ case: test, target, finished }: CaseResult): CaseView['facts'] {
  const facts: [string, string][] = [
    ['target', target],
    ['policy', test.policy],
    ['profile', test.profile],
    ['endpoints', test.endpoints],
    ['capture', basename(test.capture)],
    ['suite file', `${test.file}:${test.line}`],
  ]
  if (test.rows.length > 0) facts.push(['decision rows', test.rows.join(', ')])
  if (test.tags.length > 0) facts.push(['tags', test.tags.join(', ')])
  if (finished === undefined) return facts
  const { impact, trace, attempt, durationMs } = finished
  if (impact !== undefined) facts.push(['impact', impactWords(impact)])
  if (trace !== undefined) {
    for (const { protocol, client, server } of trace.flows.slice(0, 1))
      facts.push([
        trace.flows.length > 1 ? `first of ${trace.flows.length} flows` : 'flow',
        `${protocol} ${client} to ${server}`,
      ])
  }
  if (attempt > 1) facts.push(['attempts', String(attempt)])
  facts.push(['took', formatDuration(durationMs * 1e6)])
  return facts
}

function impactWords({ kind, after, end }: Impact): string {
  const first = end === undefined ? '' : `, felt first by the ${end}`
  return kind === 'survived' ? kind : `${kind} after ${formatDuration(after)}${first}`
}

/** Whose counters they are: the hosts' in their order, then the load balancer's. */
function namesOfCounters({ counters, trace }: CaseFinished): readonly string[] {
  return counters.map((_, host) => {
    if (trace === undefined) return `host ${host + 1}`
    return trace.hosts[host] ?? 'lb'
  })
}

function countersOf({ counters }: CaseFinished): CaseView['counters'] {
  const names = new Set(counters.flatMap((host) => Object.keys(host)))
  return [...names]
    .map((name) => [name, counters.map((host) => host[name] ?? 0)] as const)
    .filter(([, values]) => values.some((value) => value !== 0))
}

/** Mismatches one after the other that differ in nothing but their packet are one, which counts the others. */
function mismatchViews(
  mismatches: readonly Mismatch[],
  trace: CaseTrace | undefined,
): readonly MismatchView[] {
  const views: MismatchView[] = []
  let key = ''
  for (const mismatch of mismatches) {
    const { level, provenance, phase, index = -1, expected, observed } = mismatch
    const source = sourceWords(provenance)
    const last = views.at(-1)
    const own = [level, source, phase, expected, observed, index < 0].join('\n')
    if (last !== undefined && own === key) views[views.length - 1] = { ...last, more: last.more + 1 }
    else {
      const number = trace?.number[index] ?? 0
      const packet = index < 0 ? '' : number === 0 ? 'injected packet, ' : `packet ${number}, `
      views.push({ level, source, where: `${packet}${phase}`, expected, observed, index, more: 0 })
    }
    key = own
  }
  return views
}

function expectationView(expectation: Expectation): ExpectationView {
  const { level, provenance } = expectation
  const rest = { expected: expectedWords(expectation), level, source: sourceWords(provenance) }
  if (expectation.kind === 'unaltered') return { of: 'alterations', tolerated: '', ...rest }
  if (expectation.kind === 'impact') return { of: 'impact', tolerated: '', ...rest }
  if (expectation.kind === 'counter') {
    const { counter, host } = expectation
    return { of: `${counter}${host === undefined ? '' : ` of ${host}`}`, tolerated: '', ...rest }
  }
  if (expectation.kind === 'expiry-resets') return { of: 'resets at expiry', tolerated: '', ...rest }
  const { phase, which, direction, tolerated } = expectation
  const packets = which === 'all' ? '' : typeof which === 'number' ? `, packet ${which}` : `, ${which}`
  const way = direction === undefined ? '' : `, ${direction}`
  return { of: `${phase}${way}${packets}`, tolerated: tolerated.join(' or '), ...rest }
}

function sourceWords({ mark, where }: Provenance): string {
  return `${mark}: ${where}`
}
