import type { Level } from '../../model/case.ts'
import type { LevelFigures, Standing } from './standing.ts'

export const STANDING_MARKS: Readonly<Record<Standing, string>> = {
  conformant: '✓',
  partial: '◐',
  'own word': '◌',
  'known failures': '†',
  'not conformant': '✗',
  none: '–',
}

/** The meanings of the marks on the pages. */
export const LEGEND: readonly (readonly [Standing, string])[] = [
  ['conformant', 'every case was played, and every verdict is as expected'],
  ['partial', 'what was played is as expected; some cases were skipped, inconclusive or in error'],
  ['own word', 'as expected, but some cases rest on nothing but the word of the implementation itself'],
  [
    'known failures',
    'what was played is as expected, but for cases that are known to fail, each of which is listed with its reason',
  ],
  ['not conformant', 'some verdicts are not as expected'],
  ['none', 'no cases of this level'],
]

export const LEVELS = ['core', 'extended', 'provisional'] as const

/**
 * `✓ 120/120`, `† 118/120, 2 known to fail`: cases that passed, of all. Provisional expectations fail no case, so they have neither
 * a mark nor known failures.
 */
export function levelWords({ standing, passed, cases, known = 0 }: LevelFigures, level: Level): string {
  if (cases === 0) return STANDING_MARKS.none
  if (level === 'provisional') return `${passed}/${cases}`
  return `${STANDING_MARKS[standing]} ${passed}/${cases}${known > 0 ? `, ${known} known to fail` : ''}`
}

/** `wire 80.0 %, log 20.0 %, self 0.0 %`: how verdicts are known. */
export function shareWords(known: Readonly<Record<'wire' | 'log' | 'self', number>>): string {
  const all = known.wire + known.log + known.self
  if (all === 0) return 'no verdicts'
  return WAYS.map((way) => share(way, known[way], all)).join(', ')
}

/** The ways alone in which any verdict is known, a text each. */
export function sharesThere(known: Parameters<typeof shareWords>[0]): readonly string[] {
  const all = known.wire + known.log + known.self
  const there = WAYS.filter((way) => known[way] > 0)
  return there.length === 0 ? ['no verdicts'] : there.map((way) => share(way, known[way], all))
}

const WAYS = ['wire', 'log', 'self'] as const

function share(way: (typeof WAYS)[number], count: number, all: number): string {
  return `${way} ${((100 * count) / all).toFixed(1)} %`
}
