import type { CaseResult } from '../log/cases.ts'
import { groupBy } from '../log/group.ts'
import type { CaseFinished, Mismatch } from '../model/run-log.ts'
import { alsoSeen } from './also-seen.ts'
import { firstDifference } from './first-difference.ts'
import { NEEDS_A_LOOK, STYLES } from './outcomes.ts'
import { packetWords } from './packet-words.ts'
import type { Paint } from './paint.ts'
import { plain } from './plain.ts'
import { wrap } from './wrap.ts'

/** Most cases that are listed, each with its first difference; the other reports have all. */
const CASES = 40
const NAMES = 3

/** Every case that needs a look, the worst outcome first. Cases with the same explanation share it. */
export function problemList(
  results: readonly CaseResult[],
  width: number,
  paint: Paint,
  nameTarget: boolean,
): string {
  const wanted = results.filter(({ outcome }) => NEEDS_A_LOOK.has(outcome))
  const together = groupBy(wanted, (result) => {
    const { case: test, target, outcome, detail } = result
    return [target, outcome, told(result).length > 0 || detail === undefined ? test.name : detail].join('\n')
  })
  const entries = [...together.values()].sort((a, b) => rankOf(b) - rankOf(a))
  const written = entries
    .slice(0, CASES)
    .map((group) =>
      group.length > 1 ? shared(group, width, paint) : single(group[0], width, paint, nameTarget),
    )
  const left = entries.slice(CASES).reduce((sum, group) => sum + group.length, 0)
  if (left > 0)
    written.push(paint('dim', `… ${left} more cases need a look: the html and json reports have them.`))
  return written.join('\n\n')
}

function rankOf(group: readonly CaseResult[]): number {
  return group[0] === undefined ? 0 : STYLES[group[0].outcome].rank
}

/** The mismatches that count. */
function told({ finished }: CaseResult): readonly Mismatch[] {
  return finished?.mismatches.filter(({ level }) => level !== 'provisional') ?? []
}

function single(result: CaseResult | undefined, width: number, paint: Paint, nameTarget: boolean): string {
  if (result === undefined) return ''
  const { case: test, target, outcome, detail, finished } = result
  const mismatches = told(result)
  const where = nameTarget ? paint('dim', ` on ${plain(target)}`) : ''
  const lines = [
    `${heading(result, paint)} ${plain(test.name)}${where}`,
    wrap(plain(test.requirement), width, '  '),
    paint('dim', `  ${plain(test.file)}:${test.line}`),
  ]
  if (detail !== undefined) lines.push(wrap(plain(detail), width, '  '))
  const first = outcome === 'fail' || outcome === 'flaky' ? firstDifference(result) : undefined
  if (first !== undefined) lines.push(...mismatchLines(first, finished, width, paint))
  const left = mismatches.length - (first === undefined ? 0 : 1)
  if (left > 0) lines.push(paint('dim', `  … ${left} more mismatches`))
  if (finished?.evidence !== undefined) lines.push(paint('dim', `  evidence  ${plain(finished.evidence)}`))
  if (finished?.collected !== undefined) lines.push(paint('dim', `  collected ${plain(finished.collected)}`))
  const seen = finished === undefined ? [] : alsoSeen(finished)
  if (seen.length > 0) lines.push(wrap(plain(`also seen: ${seen.join('; ')}`), width, '  '))
  return lines.join('\n')
}

function heading({ outcome }: CaseResult, paint: Paint): string {
  const { mark, colour } = STYLES[outcome]
  return paint(['bold', colour], `${mark} ${outcome}`)
}

function mismatchLines(
  { expected, observed, level, provenance, index, phase, message }: Mismatch,
  finished: CaseFinished | undefined,
  width: number,
  paint: Paint,
): string[] {
  const packet =
    index === undefined || finished?.trace === undefined ? undefined : packetWords(finished.trace, index)
  return [
    wrap(plain(packet === undefined ? message : `${packet} (${phase})`), width, '  '),
    `    expected  ${paint('green', plain(expected))}`,
    `    observed  ${paint('red', plain(observed))}`,
    paint('dim', wrap(plain(`${level}: ${provenance.mark}, ${provenance.where}`), width, '    ')),
  ]
}

function shared(group: readonly CaseResult[], width: number, paint: Paint): string {
  const [first] = group
  if (first === undefined) return ''
  const names = group.slice(0, NAMES).map(({ case: test }) => `  ${plain(test.name)}`)
  const left = group.length - names.length
  return [
    `${heading(first, paint)} ${group.length} cases on ${plain(first.target)}`,
    wrap(plain(first.detail ?? ''), width, '  '),
    ...names,
    ...(left > 0 ? [paint('dim', `  … ${left} more`)] : []),
  ].join('\n')
}
