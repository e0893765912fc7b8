import { type CaseResult, caseResults } from '../log/cases.ts'
import { MARKS } from '../log/marks.ts'
import { type RunSummary, summarise } from '../log/summary.ts'
import type { RunEvent } from '../model/run-log.ts'
import { counted } from '../support/counted.ts'
import { problemItems } from './markdown-problems.ts'
import { fitting, mdCode, mdTable, mdText } from './markdown-text.ts'
import { allWords, NEEDS_A_LOOK, OUTCOME_ORDER, STYLES } from './outcomes.ts'

/**
 * Most characters of a comment on a pull request; a job summary may have 1 MiB, which this many characters never exceed. The rest
 * is left out, and the report says so.
 */
export const MARKDOWN_LIMIT = 65_536

/** Room for lists that must not crowd out others; the cases that need a look get the rest. */
const ROOM = { suites: 12_000, provisional: 4_000, notes: 8_000 }
/** Characters reserved for the lines between the parts. */
const SPARE = 80
/** With more suites than this, those that only passed share a row. */
const MOST_SUITES = 30

/** The report for a comment or a job summary: outcomes by suite, every case that needs a look, and facts about the run. */
export function renderMarkdown(events: readonly RunEvent[]): string {
  const results = caseResults(events)
  const summary = summarise(events, results)
  const several = summary.targets.length > 1
  const head = [
    `## ${verdictLine(summary)}`,
    suiteTable(summary),
    section('Provisional expectations that were not met', disagreements(results), ROOM.provisional),
    section('Notes', notes(events, summary), ROOM.notes),
  ]
  const used = head.reduce((sum, part) => sum + part.length + 2, 0)
  const problems = problemItems(results, several)
  const room = MARKDOWN_LIMIT - used - SPARE
  const looks = section('Cases that need a look', problems, room)
  const [title = '', suites = '', provisional = '', noted = ''] = head
  return `${[title, suites, looks, provisional, noted].filter((part) => part !== '').join('\n\n')}\n`
}

function section(title: string, items: readonly string[], room: number): string {
  if (items.length === 0) return ''
  const head = `### ${title} (${items.length})`
  const left = (count: number) =>
    `- … ${count} more of ${items.length} are left out here: the json and html reports have them.`
  return [head, '', ...fitting(items, room - head.length - 2, left)].join('\n')
}

/** `3 of 15 cases need a look (exit code 1)`. */
export function verdictLine({ totals, cases, reason, exitCode }: RunSummary): string {
  const look = OUTCOME_ORDER.filter((outcome) => NEEDS_A_LOOK.has(outcome)).reduce(
    (sum, outcome) => sum + totals[outcome],
    0,
  )
  const played = cases > totals.skipped
  const what =
    look > 0
      ? `✗ ${look} of ${cases} cases need a look`
      : played
        ? `✓ ${allWords(totals)}`
        : '– nothing was played'
  return `flowbreak: ${what}${reason === 'completed' ? '' : `, ${reason}`} (exit code ${exitCode})`
}

/** A row for each suite; if there are many, those that only passed share one. */
function suiteTable({ suites, totals }: RunSummary): string {
  if (suites.length === 0) return ''
  const outcomes = OUTCOME_ORDER.filter((outcome) => totals[outcome] > 0)
  const cells = (of: RunSummary['totals']) => outcomes.map((outcome) => of[outcome] || '')
  const row = (name: string, of: RunSummary['totals']) => `| ${[name, ...cells(of)].join(' | ')} |`
  const [head, rule] = mdTable([
    ['suite', ...outcomes.map((outcome) => `${STYLES[outcome].mark} ${STYLES[outcome].word}`)],
  ]).split('\n')
  const all = suites.map((suite) => ({ ...suite, dull: suite.totals.pass === sumOf(suite.totals) }))
  const told = all.length > MOST_SUITES ? all.filter(({ dull }) => !dull) : all
  const dull = all.length - told.length
  const rows = fitting(
    told.map((suite) => row(mdCode(suite.name), suite.totals)),
    ROOM.suites,
    (count) => `| … ${count} more suites |${' |'.repeat(outcomes.length)}`,
  )
  const folded = dull === 0 ? [] : [`| … ${dull} suites that only passed |${' |'.repeat(outcomes.length)}`]
  return [head, rule, ...rows, ...folded, row('**all**', totals)].join('\n')
}

function sumOf(totals: RunSummary['totals']): number {
  return Object.values(totals).reduce((sum, count) => sum + count, 0)
}

function disagreements(results: readonly CaseResult[]): readonly string[] {
  return results.flatMap(({ case: test, finished }) =>
    (finished?.mismatches ?? []).flatMap(({ level, message, provenance: { mark } }) =>
      level === 'provisional' ? [`- ${mdCode(test.name)}: ${mark}: ${mdText(message)}`] : [],
    ),
  )
}

function notes(events: readonly RunEvent[], { tally, marks, targets, warnings }: RunSummary): string[] {
  const start = events.find((event) => event.type === 'run-started')
  const graded = tally.core.checked + tally.extended.checked
  const rests = MARKS.filter((mark) => marks[mark] > 0).map((mark) => `${mark} ${marks[mark]}`)
  return [
    `- verdicts: ${tally.core.met + tally.extended.met} of ${graded} as expected; provisional: ${tally.provisional.met} of ${tally.provisional.checked} agree; resting on ${rests.join(', ') || 'nothing'}`,
    ...targets.flatMap(({ name, version, lacks, problems }) => [
      `- target ${mdCode(name)} ${version === undefined ? 'was never ready' : mdText(version)}`,
      ...lacks.map(({ capability, cases }) => `- it lacks ${mdText(capability)} (${counted(cases, 'case')})`),
      ...problems.map((problem) => `- problem: ${mdText(problem)}`),
    ]),
    ...(start === undefined
      ? []
      : [
          `- run ${mdCode(start.run)}, ${mdText(start.startedAt)}, seed ${start.seed}, flowbreak ${mdText(start.flowbreak)}, Node ${mdText(start.node)}`,
        ]),
    ...warnings.map(
      ({ message, where }) => `- warning: ${mdText(where === undefined ? message : `${where}: ${message}`)}`,
    ),
  ]
}
