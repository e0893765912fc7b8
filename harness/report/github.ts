import { type CaseResult, caseResults } from '../log/cases.ts'
import { summarise } from '../log/summary.ts'
import type { Outcome, RunEvent } from '../model/run-log.ts'
import { reasonOf } from './first-difference.ts'
import { verdictLine } from './markdown.ts'
import { plain } from './plain.ts'

type Kind = 'error' | 'warning' | 'notice'

/** Most annotations of one kind for a step; GitHub silently drops the rest. */
const LIMIT = 10
/** Most characters of a message; GitHub's own limit is far higher. */
const LONGEST = 4000

const KINDS: Readonly<Partial<Record<Outcome, Kind>>> = {
  fail: 'error',
  flaky: 'error',
  'unexpected-pass': 'error',
  error: 'error',
  inconclusive: 'warning',
}

/**
 * Workflow commands for GitHub Actions: one annotation for each case that needs a look, at its line of the suite. If there are more of a
 * kind than GitHub shows, the last says how many are left out. The last line is plain text.
 */
export function renderGithub(events: readonly RunEvent[]): string {
  const results = caseResults(events)
  const summary = summarise(events, results)
  const several = summary.targets.length > 1
  const notices = results.flatMap(({ case: test, finished }) =>
    (finished?.mismatches ?? [])
      .filter(({ level }) => level === 'provisional')
      .slice(0, 1)
      .map(({ message }) => command('notice', test, `provisional: ${test.name}`, message)),
  )
  const problems = summary.targets.flatMap(({ name, problems: all }) =>
    all.map((problem) => `::error title=${property(`target ${name}`)}::${data(problem)}`),
  )
  const lines = (['error', 'warning'] as const).flatMap((kind) =>
    limited(kind, [
      ...(kind === 'error' ? problems : []),
      ...results
        .filter(({ outcome }) => KINDS[outcome] === kind)
        .map((result) => annotation(kind, result, several)),
    ]),
  )
  const text = verdictLine(summary)
  return [...lines, ...limited('notice', notices), plain(text), ''].join('\n')
}

function annotation(kind: Kind, result: CaseResult, several: boolean): string {
  const { case: test, target, outcome } = result
  const where = several ? ` on ${target}` : ''
  return command(kind, test, `${outcome}: ${test.name}${where}`, `${reasonOf(result)}\n${test.requirement}`)
}

function command(kind: Kind, { file, line }: CaseResult['case'], title: string, message: string): string {
  return `::${kind} file=${property(file)},line=${Math.max(1, line)},title=${property(title)}::${data(message)}`
}

function limited(kind: Kind, lines: readonly string[]): readonly string[] {
  if (lines.length <= LIMIT) return lines
  const left = lines.length - LIMIT + 1
  return [
    ...lines.slice(0, LIMIT - 1),
    `::${kind} title=flowbreak::${left} more of ${lines.length} are left out here, as GitHub shows ${LIMIT} of a kind: the markdown, html and json reports have them.`,
  ]
}

/** Text in a workflow command; a line end would end the command, and control characters would affect the log. */
function data(text: string): string {
  return text
    .slice(0, LONGEST)
    .split('\n')
    .map(plain)
    .join('\n')
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
