import { Oddity } from './oddity.ts'
import { Flag } from './record.ts'
import type { SessionTable } from './table.ts'

/** The oddity of the session at `base`; undefined if it has none. */
export function oddityAt(table: SessionTable, base: number): Oddity | undefined {
  return ((table.words[base] ?? 0) & Flag.special) === 0 ? undefined : table.oddities.get(base)
}

/** The oddity of the session at `base`, created if it has none. */
export function makeOddity(table: SessionTable, base: number): Oddity {
  const there = oddityAt(table, base)
  if (there !== undefined) return there
  const oddity = new Oddity()
  table.oddities.set(base, oddity)
  table.words[base] = (table.words[base] ?? 0) | Flag.special
  return oddity
}

/** Drops an oddity that holds nothing any more, so that the session takes the fast path again. */
export function settleOddity(table: SessionTable, base: number, oddity: Oddity): void {
  if (!oddity.isIdle()) return
  table.oddities.delete(base)
  table.words[base] = (table.words[base] ?? 0) & ~Flag.special
}
