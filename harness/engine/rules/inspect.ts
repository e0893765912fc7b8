import type { Content } from './content.ts'
import { type Limits, limitsOf } from './limits.ts'
import { LOWER, lower } from './lower.ts'
import { searchedOf } from './searched.ts'

/** After looking for so many contents in some bytes, Suricata gives up (detect.inspection-recursion-limit). */
const MOST_STEPS = 3000
const UNLIMITED: Limits = { offset: 0, depth: 0 }

/** Contents prepared for the search: in sequence, each relative to the previous one if it says so. */
export class Contents {
  readonly #contents: readonly Content[]
  /** The contents to check after the pattern search. */
  readonly #searched: readonly Content[]
  #asked: readonly Content[]
  readonly #limits: readonly Limits[]
  /** Index of the content that prevents a match if it is found; -1: none does. */
  readonly #barring: number
  /** Index of the content without which, within its limits, nothing matches; -1: there is none. */
  readonly #calling: number
  /** In lower case if case is ignored. */
  readonly #patterns: readonly Uint8Array[]
  /** A content that depends on no other decided that nothing matches, or the search has given up. */
  #over = false
  #steps = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #from = 0
  #length = 0

  constructor(contents: readonly Content[]) {
    this.#contents = contents
    this.#limits = limitsOf(contents)
    this.#barring = barringOf(contents, this.#limits)
    this.#calling = callingOf(contents, this.#limits)
    this.#searched = withoutEnd(contents, this.#barring)
    this.#asked = this.#searched
    this.#patterns = contents.map(({ bytes, nocase }) => (nocase ? bytes.map(lower) : bytes))
  }

  /** Some bytes prevent a match wherever they are found. */
  get bars(): boolean {
    return this.#barring >= 0
  }

  /** Whether the bytes `from` … `to`-1 contain them. `unsearched`: no pattern search was made before (`AppView.lastLook`). */
  match(bytes: Uint8Array, from: number, to: number, unsearched = false): boolean {
    this.#asked = unsearched ? this.#contents : this.#searched
    this.#bytes = bytes
    this.#from = from
    this.#length = to - from
    this.#over = false
    this.#steps = 0
    return this.#matchFrom(0, 0)
  }

  /** Whether the bytes contain what prevents the rule from being evaluated for a packet at all, whichever part of it is inspected. */
  isBarredBy(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#isIn(bytes, from, this.#barring, 0, to - from)
  }

  /** Whether the pattern search selects the rule for the bytes. Given that they match, only a content that is relative tells. */
  isCalledBy(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#calling < 0) return true
    const { offset, depth } = this.#limits[this.#calling] ?? UNLIMITED
    // The pattern search allows one byte more than the inspection.
    return this.#isIn(bytes, from, this.#calling, offset, Math.min(to - from, depth + 1))
  }

  /** Whether the `index`th content is in `bytes`, from `from` + `start` on and before `from` + `limit`; false without such a content. */
  #isIn(bytes: Uint8Array, from: number, index: number, start: number, limit: number): boolean {
    const pattern = this.#patterns[index]
    if (pattern === undefined) return false
    this.#bytes = bytes
    this.#from = from
    return this.#find(pattern, this.#contents[index]?.nocase === true, start, limit) >= 0
  }

  /** Whether contents from the `index`th on are found, given that the previous one ended at `end` (Suricata 7, content inspection). */
  #matchFrom(index: number, end: number): boolean {
    const content = this.#asked[index]
    const pattern = this.#patterns[index]
    if (content === undefined || pattern === undefined) return true
    if (++this.#steps === MOST_STEPS) {
      this.#over = true
      return false
    }
    const { negated, endsWith, distance, within } = content
    const { offset, depth } = this.#limits[index] ?? UNLIMITED
    const size = this.#length
    let start = offset
    let limit = depth > 0 ? Math.min(depth, size) : size
    if (distance !== undefined || within !== undefined) {
      start = Math.max(offset, end + (distance ?? 0))
      const reach = within === undefined ? -1 : end + within + (distance ?? 0)
      // Suricata ignores a limit before the start, and counts the depth from there too.
      limit = Math.min(size, reach >= 0 ? reach : size, depth > 0 ? end + depth : size)
    }
    if (start > limit || limit <= 0) return negated && this.#matchFrom(index + 1, end)
    const first = start
    for (;;) {
      const at = endsWith && limit < size ? -1 : this.#find(pattern, content.nocase, start, limit)
      if (at < 0) {
        if (negated) return this.#matchFrom(index + 1, end)
        this.#over ||= !isRelative(content)
        return false
      }
      const behind = at + pattern.length
      const next = this.#asked[index + 1]
      if (negated) {
        // One that is found, but not at the end, does not prevent a match; lengths are compared as in Suricata.
        if (endsWith && limit - first !== behind) return this.#matchFrom(index + 1, end)
        this.#over ||= !isRelative(content) && !isRelative(next) && content.offset < 0 && depth === 0
        return false
      }
      if (!endsWith || behind === size) {
        if (this.#matchFrom(index + 1, behind)) return true
        this.#over ||= !isTriedAgain(next)
        if (this.#over) return false
      }
      start = at + 1
      if (start > limit) return false
    }
  }

  /** Index of the first occurrence of a pattern that starts at `start` or later and ends at `limit` or before; -1: none. */
  #find(pattern: Uint8Array, nocase: boolean, start: number, limit: number): number {
    const bytes = this.#bytes
    const from = this.#from
    const length = pattern.length
    const last = limit - length
    const head = pattern[0] ?? 0
    for (let at = start; at <= last; at++) {
      const byte = bytes[from + at] ?? 0
      if ((nocase ? LOWER[byte] : byte) !== head) continue
      let same = 1
      while (same < length) {
        const next = bytes[from + at + same] ?? 0
        if ((nocase ? LOWER[next] : next) !== pattern[same]) break
        same++
      }
      if (same === length) return at
    }
    return -1
  }
}

/** Whether it is searched relative to the end of the previous content. */
function isRelative(content: Content | undefined): boolean {
  return content?.distance !== undefined || content?.within !== undefined
}

/** Whether, if it is not found, the content before it is looked for farther on: a distance alone is not nearer there. */
function isTriedAgain(content: Content | undefined): boolean {
  return content?.within !== undefined || (content?.distance !== undefined && content.negated)
}

/** Index of the negated content, if any, that Suricata searches for in its prefilter, which ignores `endswith`: not one with a position. */
function barringOf(contents: readonly Content[], limits: readonly Limits[]): number {
  const searched = searchedOf(contents)
  if (searched?.negated !== true) return -1
  const index = contents.indexOf(searched)
  const { offset, depth, distance, within } = searched
  // At the start, a distance of nothing is no position.
  const isDistant = distance !== undefined && (distance !== 0 || index !== 0)
  const isPlaced = offset >= 0 || depth >= 0 || isDistant || within !== undefined
  return isPlaced || limits[index]?.depth !== 0 ? -1 : index
}

/** Index of the content, if any, that Suricata searches for in its prefilter, if its depth is one that the inspection counts from elsewhere. */
function callingOf(contents: readonly Content[], limits: readonly Limits[]): number {
  const searched = searchedOf(contents)
  if (searched?.negated !== false || !isRelative(searched)) return -1
  const index = contents.indexOf(searched)
  return limits[index]?.depth === 0 ? -1 : index
}

function withoutEnd(contents: readonly Content[], which: number): readonly Content[] {
  if (which < 0) return contents
  return contents.map((content, index) => (index === which ? { ...content, endsWith: false } : content))
}
