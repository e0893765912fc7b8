import { basename } from 'node:path'
import type { Comparison } from '../../model/comparison.ts'
import { painter } from '../paint.ts'
import { plain } from '../plain.ts'
import type { Screen } from '../screen.ts'
import { wrap } from '../wrap.ts'
import { makeLadder } from './ladder.ts'
import { summaryTable } from './table.ts'

/** Wider lines are hard to follow. */
const WIDEST = 132

/** A comparison for people: one row for each value, then the packets with one lane for each value. `all`: every packet. Line by line. */
export function* comparisonLines(comparison: Comparison, screen: Screen, all: boolean): Generator<string> {
  const { capture, injections, axes } = comparison
  const width = Math.min(screen.columns, WIDEST)
  const paint = painter(screen.colour)
  const ladder = makeLadder(comparison, width, paint, all)
  const { text, without } = summaryTable(comparison, width, paint, ladder.numbered)
  const broken = injections.length === 0 ? 'nothing broken' : injections.join(', ')
  yield paint('bold', wrap(plain(`${basename(capture)}, ${broken}, over ${axes.join(' and ')}`), width))
  yield ''
  yield text.trimEnd()
  for (const note of notesOf(comparison, without)) yield paint('dim', wrap(plain(note), width))
  yield ''
  yield* ladder.lines()
}

/** What a reader must know besides the figures, one sentence each. */
function notesOf(comparison: Comparison, without: readonly string[]): readonly string[] {
  const { axes, columns } = comparison
  const alone = axes.flatMap((axis, at) => {
    const values = new Set(columns.map((column) => column.values[at]))
    const [only] = values
    return values.size === 1 ? [`There is one ${axis} only, ${only}: nothing stands beside it.`] : []
  })
  const crowded = columns.flatMap(({ values, played }) => {
    const words = Object.entries(played?.crowding ?? {}).map(([word, flows]) => `${flows} ${word}`)
    return words.length === 0 ? [] : [`Flows without room under ${values.join(', ')}: ${words.join(', ')}.`]
  })
  const none = without.length === 0 ? [] : [`No packet was ${without.join(' or ')}.`]
  return [...none, ...alone, ...crowded]
}
