import type { CaseResult } from '../log/cases.ts'
import type { Mismatch } from '../model/run-log.ts'
import { differenceWords, firstDifference } from './first-difference.ts'
import { mdCode, mdText } from './markdown-text.ts'
import { NEEDS_A_LOOK, STYLES } from './outcomes.ts'

/** Longest foreign text (a requirement, a detail) that is written in full in a list. */
const LONGEST = 600

/** Every case that needs a look, the worst outcome first: one list item each. */
export function problemItems(results: readonly CaseResult[], nameTarget: boolean): readonly string[] {
  return results
    .filter(({ outcome }) => NEEDS_A_LOOK.has(outcome))
    .sort((a, b) => STYLES[b.outcome].rank - STYLES[a.outcome].rank)
    .map((result) => problemItem(result, nameTarget))
}

function problemItem(result: CaseResult, nameTarget: boolean): string {
  const { case: test, target, outcome, detail, finished } = result
  const counting = finished?.mismatches.filter(({ level }) => level !== 'provisional') ?? []
  const first = outcome === 'fail' || outcome === 'flaky' ? firstDifference(result) : undefined
  const where = nameTarget ? ` on ${mdCode(target)}` : ''
  const lines = [
    `- ${STYLES[outcome].mark} **${outcome}** ${mdCode(test.name)}${where}, ${mdCode(`${test.file}:${test.line}`)}`,
    `  ${mdText(cut(test.requirement))}`,
  ]
  if (detail !== undefined) lines.push(`  ${mdText(cut(detail))}`)
  if (first !== undefined) lines.push(`  ${differenceLine(result, first)}`)
  if (first !== undefined && counting.length > 1) lines.push(`  … ${counting.length - 1} more mismatches`)
  // A backslash ends a line without ending the item.
  return lines.join('\\\n')
}

function differenceLine({ finished }: CaseResult, mismatch: Mismatch): string {
  const { level, provenance } = mismatch
  const rests = mdText(cut(`${level}: ${provenance.mark}, ${provenance.where}`))
  return `**${mdText(differenceWords(mismatch, finished?.trace))}** — ${rests}`
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}
