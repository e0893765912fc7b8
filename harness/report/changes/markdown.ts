import { MARKDOWN_LIMIT } from '../markdown.ts'
import { fitting, mdCode, mdText } from '../markdown-text.ts'
import type { Change, Changes, Lone } from './changes.ts'
import { byOutcome, headline, milliseconds } from './words.ts'

/** Shares of the limit for each kind of change; unused room is not given to other kinds. */
const ROOM = { regressions: 0.5, repairs: 0.12, others: 0.12, added: 0.1, vanished: 0.1 } as const

/** The comparison of two runs for a comment on a pull request; limited to the length of one, and it says what is left out. */
export function changesMarkdown(changes: Changes): string {
  const { timing, old, new: now } = changes
  const times =
    timing === undefined ? '' : `; time ${milliseconds(timing.before)} → ${milliseconds(timing.after)}`
  return `${[
    `## ${changes.regressions.length === 0 ? '✓' : '✗'} flowbreak: ${headline(changes)}`,
    `${mdCode(old.id)} → ${mdCode(now.id)}${times}`,
    section('Regressions', changes.regressions.map(changeItem), ROOM.regressions),
    section('Repairs', changes.repairs.map(changeItem), ROOM.repairs),
    section('Other changes', changes.others.map(changeItem), ROOM.others),
    section(`New cases: ${byOutcome(changes.added)}`, changes.added.map(loneItem), ROOM.added),
    section(`Vanished cases: ${byOutcome(changes.vanished)}`, changes.vanished.map(loneItem), ROOM.vanished),
    section(
      'Slower',
      (timing?.slower ?? []).map(
        ({ name, before, after }) => `- ${mdCode(name)} ${milliseconds(before)} → ${milliseconds(after)}`,
      ),
      0.03,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

function section(title: string, items: readonly string[], share: number): string {
  if (items.length === 0) return ''
  const head = `### ${title} (${items.length})`
  const left = (count: number) =>
    `- … ${count} more of ${items.length} are left out here: the json report has them.`
  return [head, '', ...fitting(items, MARKDOWN_LIMIT * share - head.length - 2, left)].join('\n')
}

function changeItem({ name, file, line, before, after, reason }: Change): string {
  const why = reason === undefined ? '' : `\\\n  ${mdText(reason)}`
  return `- ${mdCode(name)} ${before} → **${after}**, ${mdCode(`${file}:${line}`)}${why}`
}

function loneItem({ name, outcome }: Lone): string {
  return `- ${mdCode(name)} ${outcome}`
}
