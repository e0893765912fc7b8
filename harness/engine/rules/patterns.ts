import type { Content } from './content.ts'
import { lower } from './lower.ts'
import { PatternSearch } from './pattern-search.ts'
import { searchedOf } from './searched.ts'

/** Which pattern selects which signatures: the content of each that is searched first, unless that is negated. */
export class Patterns {
  /** Undefined if there are no patterns. */
  readonly search: PatternSearch | undefined
  /** Length of each pattern. */
  readonly lengths: readonly number[]
  /** Signatures selected by each pattern. */
  readonly calls: readonly (readonly number[])[]

  /** `contents`: those of each signature, with its place in the rule order; signatures without a pattern are left out. */
  constructor(contents: readonly { readonly place: number; readonly contents: readonly Content[] }[]) {
    const byText = new Map<string, { readonly bytes: Uint8Array; readonly calls: number[] }>()
    for (const each of contents) {
      const bytes = patternOf(each.contents)?.map(lower)
      if (bytes === undefined) continue
      const text = bytes.join()
      const known = byText.get(text) ?? { bytes, calls: [] }
      known.calls.push(each.place)
      byText.set(text, known)
    }
    const all = [...byText.values()]
    this.search = all.length === 0 ? undefined : new PatternSearch(all.map(({ bytes }) => bytes))
    this.lengths = all.map(({ bytes }) => bytes.length)
    this.calls = all.map(({ calls }) => calls)
  }
}

/** The bytes that the pattern search uses for contents; undefined if they select no rule, since they are negated. */
export function patternOf(contents: readonly Content[]): Uint8Array | undefined {
  const searched = searchedOf(contents)
  return searched?.negated === false ? searched.bytes : undefined
}
