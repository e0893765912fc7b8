import type { Level } from '../../model/case.ts'
import type { LevelFigures, Standing } from './standing.ts'

export const STANDING_MARKS: Readonly<Record<Standing, string>> = {
  conformant: '✓',
  partial: '◐',
  'own word': '◌',
  'not conformant': '✗',
  none: '–',
}

/** What the marks of the pages mean. */
export const LEGEND: readonly (readonly [Standing, string])[] = [
  ['conformant', 'every case was played, and every verdict is as expected'],
  ['partial', 'what was played is as expected; some cases were skipped, inconclusive or in error'],
  ['own word', 'as expected, but some cases rest on nothing but the word of the implementation itself'],
  ['not conformant', 'some verdicts are not as expected'],
  ['none', 'no cases of this level'],
]

export const LEVELS = ['core', 'extended', 'provisional'] as const

/** `✓ 120/120`: cases that passed, of all. Provisional expectations fail nothing, so they have no mark. */
export function levelWords({ standing, passed, cases }: LevelFigures, level: Level): string {
  if (cases === 0) return STANDING_MARKS.none
  return `${level === 'provisional' ? '' : `${STANDING_MARKS[standing]} `}${passed}/${cases}`
}

/** `wire 80.0 %, log 20.0 %, self 0.0 %`: how verdicts are known. */
export function shareWords(known: Readonly<Record<'wire' | 'log' | 'self', number>>): string {
  const all = known.wire + known.log + known.self
  if (all === 0) return 'no verdicts'
  return (['wire', 'log', 'self'] as const)
    .map((way) => `${way} ${((100 * known[way]) / all).toFixed(1)} %`)
    .join(', ')
}
