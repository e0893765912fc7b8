import type { Content } from './content.ts'
import { searchedOf } from './searched.ts'

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte))

/** Contents prepared for the search: in sequence, each relative to the previous one if it says so. */
export class Contents {
  readonly #contents: readonly Content[]
  /** The contents to check after the pattern search. */
  readonly #searched: readonly Content[]
  #asked: readonly Content[]
  /** If it is found, nothing matches. */
  readonly #barring: Content | undefined
  /** In lower case if case is ignored. */
  readonly #patterns: readonly Uint8Array[]
  #bytes: Uint8Array = new Uint8Array(0)
  #from = 0
  #length = 0

  constructor(contents: readonly Content[]) {
    this.#contents = contents
    this.#barring = barringOf(contents)
    this.#searched = withoutEnd(contents, this.#barring)
    this.#asked = this.#searched
    this.#patterns = contents.map(({ bytes, nocase }) => (nocase ? bytes.map(lower) : bytes))
  }

  /** Some bytes prevent a match wherever they are found. */
  get bars(): boolean {
    return this.#barring !== undefined
  }

  /** Whether the bytes `from` … `to`-1 contain them. `unsearched`: no pattern search was made before (`AppView.lastLook`). */
  match(bytes: Uint8Array, from: number, to: number, unsearched = false): boolean {
    this.#asked = unsearched ? this.#contents : this.#searched
    this.#bytes = bytes
    this.#from = from
    this.#length = to - from
    return this.#matchFrom(0, 0)
  }

  /** Whether the bytes contain what prevents the rule from being evaluated for a packet at all, whichever part of it is inspected. */
  isBarredBy(bytes: Uint8Array, from: number, to: number): boolean {
    const content = this.#barring
    const pattern = content === undefined ? undefined : this.#patterns[this.#contents.indexOf(content)]
    if (content === undefined || pattern === undefined) return false
    this.#bytes = bytes
    this.#from = from
    return this.#find(pattern, content.nocase, 0, to - from) >= 0
  }

  /** Whether contents from the `index`th on are found, given that the previous one ended at `end` (Suricata 7, content inspection). */
  #matchFrom(index: number, end: number): boolean {
    const content = this.#asked[index]
    const pattern = this.#patterns[index]
    if (content === undefined || pattern === undefined) return true
    const { negated, endsWith, distance, within } = content
    const size = this.#length
    let start = Math.max(0, content.offset)
    let limit = content.depth >= 0 ? Math.min(content.depth, size) : size
    if (distance !== undefined || within !== undefined) {
      start = Math.max(0, end + (distance ?? 0))
      const reach = within === undefined ? -1 : end + within + (distance ?? 0)
      // Suricata ignores a limit before the start.
      if (reach >= 0) limit = Math.min(size, reach)
    }
    if (start > limit || limit <= 0) return negated && this.#matchFrom(index + 1, end)
    const first = start
    for (;;) {
      const at = endsWith && limit < size ? -1 : this.#find(pattern, content.nocase, start, limit)
      if (at < 0) return negated && this.#matchFrom(index + 1, end)
      const behind = at + pattern.length
      // A negated content that is found, but not at the end, does not prevent a match; lengths are compared as in Suricata.
      if (negated) return endsWith && limit - first !== behind && this.#matchFrom(index + 1, end)
      const goesOn = !endsWith || behind === size
      if (goesOn && this.#matchFrom(index + 1, behind)) return true
      if (goesOn && !isRelative(this.#asked[index + 1])) return false
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

/** The negated content, if any, that Suricata searches for in its prefilter, which ignores `endswith`: not one with a position. */
function barringOf(contents: readonly Content[]): Content | undefined {
  const searched = searchedOf(contents)
  if (searched?.negated !== true) return undefined
  const { offset, depth, distance, within } = searched
  return offset < 0 && depth < 0 && distance === undefined && within === undefined ? searched : undefined
}

function withoutEnd(contents: readonly Content[], which: Content | undefined): readonly Content[] {
  if (which === undefined) return contents
  return contents.map((content) => (content === which ? { ...content, endsWith: false } : content))
}

/** ASCII lower case. */
export function lower(byte: number): number {
  return LOWER[byte] ?? byte
}
