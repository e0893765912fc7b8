import type { Outcome } from '../../../model/run-log.ts'
import type { PageIndex } from '../view.ts'
import { frontDecoded } from './front.ts'

/** A case on one side, as the page's lists show it. */
export interface CaseEntry {
  /** Its place among all entries. */
  readonly index: number
  readonly side: number
  readonly outcome: Outcome
  readonly name: string
  /** The name without suite and axes. */
  readonly short: string
  readonly suite: string
  readonly axes: Readonly<Record<string, string>>
  readonly requirement: string
  /** Tags and decision rows. */
  readonly words: string
  readonly block: number
  readonly place: number
  readonly glance?: EntryGlance
}

/** The first thing that was not as expected. */
export interface EntryGlance {
  readonly where: string
  readonly expected: string
  readonly observed: string
  readonly source: string
}

/** The rows of the page's data, with texts in place of numbers. */
export function entriesOf(index: PageIndex): readonly CaseEntry[] {
  const { cases, texts, axisSets, order } = index
  const names = frontDecoded(index.names)
  const text = (number: number) => texts[number] ?? ''
  return cases.map((row, at): CaseEntry => {
    const [side, outcomeAt, nameAt, shortAt, suiteAt, axesAt, requirementAt, wordsAt, block, place, glance] =
      row
    const [name, requirement] = [names[nameAt] ?? '', text(requirementAt)]
    const outcome = order[outcomeAt] ?? 'error'
    const entry = {
      index: at,
      side,
      outcome,
      name,
      short: text(shortAt),
      suite: text(suiteAt),
      axes: axisSets[axesAt] ?? {},
      requirement,
      words: text(wordsAt),
      block,
      place,
    }
    if (glance === undefined) return entry
    const [where, expected, observed, source] = glance.map(text) as [string, string, string, string]
    return { ...entry, glance: { where, expected, observed, source } }
  })
}

/** Entries by name of the case: one a side. */
export function byName(entries: readonly CaseEntry[]): ReadonlyMap<string, readonly CaseEntry[]> {
  const names = new Map<string, CaseEntry[]>()
  for (const entry of entries) {
    const same = names.get(entry.name)
    if (same === undefined) names.set(entry.name, [entry])
    else same.push(entry)
  }
  return names
}
