import type { Address } from './address.ts'
import type { CaseEntry } from './entries.ts'

/** The entries that an address leaves, in their order. */
export function select(
  entries: readonly CaseEntry[],
  { find, outcomes, suite, differing }: Pick<Address, 'find' | 'outcomes' | 'suite' | 'differing'>,
  differ: ReadonlySet<string>,
): readonly CaseEntry[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean)
  const found = (entry: CaseEntry) => {
    const hay = hayOf(entry)
    return words.every((word) => hay.includes(word))
  }
  return entries.filter(
    (entry) =>
      (suite === '' || entry.suite === suite || entry.suite.startsWith(`${suite}/`)) &&
      (outcomes.length === 0 || outcomes.includes(entry.outcome)) &&
      (!differing || differ.has(entry.name)) &&
      (words.length === 0 || found(entry)),
  )
}

/** Names of the cases whose outcomes differ between sides that have them. */
export function differingNames(names: ReadonlyMap<string, readonly CaseEntry[]>): ReadonlySet<string> {
  const differ = new Set<string>()
  for (const [name, entries] of names)
    if (entries.some(({ outcome }) => outcome !== entries[0]?.outcome)) differ.add(name)
  return differ
}

/** What a search looks into, in lower case. */
function hayOf({ name, requirement, words, outcome, axes, glance }: CaseEntry): string {
  return [name, requirement, words, outcome, ...Object.values(axes), glance?.source ?? '']
    .join('\n')
    .toLowerCase()
}
