import type { CaseResult } from '../../log/cases.ts'
import type { Level } from '../../model/case.ts'

/**
 * The standing of an implementation at one level. `conformant`: all its cases were played and every verdict is as expected;
 * `partial`: all verdicts of the cases played are, but some cases were skipped or inconclusive; `own word`: all are, but for some cases
 * nothing is known except from the implementation itself, which never makes one conformant; `known failures`: all are, except in
 * cases that were listed before the run as known to fail, each with its reason; `none`: there are no such cases.
 */
export type Standing = 'conformant' | 'partial' | 'own word' | 'known failures' | 'not conformant' | 'none'

export interface LevelFigures {
  readonly cases: number
  /** Cases with every verdict of the level as expected. */
  readonly passed: number
  /** Cases with one that is not, and flaky cases. */
  readonly failed: number
  /** Of those that failed: known to fail, and listed with a reason; absent: none. */
  readonly known?: number
  /** Skipped, inconclusive or in error: they showed nothing. */
  readonly notShown: number
  /** Of those that passed: cases known only from the implementation itself. */
  readonly ownWord: number
  /** Verdicts compared with expectations of the level, and those that met them. */
  readonly checked: number
  readonly met: number
  readonly standing: Standing
}

/** The figures of one level for some results; a case counts if it has an expectation of that level. */
export function levelFigures(results: readonly CaseResult[], level: Level): LevelFigures {
  let [cases, passed, failed, known, notShown, ownWord, checked, met] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (const result of results) {
    if (!result.case.expectations.some((expectation) => expectation.level === level)) continue
    cases++
    const tally = result.finished?.tally[level]
    if (NOTHING_SHOWN.has(result.outcome) || tally === undefined) {
      notShown++
      continue
    }
    checked += tally.checked
    met += tally.met
    if (tally.met < tally.checked || result.outcome === 'flaky') {
      failed++
      if (result.outcome === 'known-failure') known++
    } else {
      passed++
      if (restsOnOwnWord(result)) ownWord++
    }
  }
  const figures = { cases, passed, failed, ...(known > 0 ? { known } : {}), notShown, ownWord, checked, met }
  return { ...figures, standing: standingOf(figures) }
}

const NOTHING_SHOWN: ReadonlySet<string> = new Set(['skipped', 'inconclusive', 'error'])

/** The standing for the figures of a level. */
export function standingOf({
  cases,
  failed,
  known = 0,
  ownWord,
  notShown,
}: Pick<LevelFigures, 'cases' | 'failed' | 'known' | 'ownWord' | 'notShown'>): Standing {
  if (cases === 0) return 'none'
  if (failed > known) return 'not conformant'
  if (known > 0) return 'known failures'
  if (ownWord > 0) return 'own word'
  return notShown > 0 ? 'partial' : 'conformant'
}

/** Whether no verdict of a case was seen on the wire or is in the device's own record. */
function restsOnOwnWord({ finished }: CaseResult): boolean {
  const known = finished?.trace?.knowledge ?? ''
  return !known.includes('w') && !known.includes('l')
}
