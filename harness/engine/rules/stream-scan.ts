import type { AppView } from '../app/app-view.ts'
import type { PatternSearch } from './pattern-search.ts'

/**
 * Searches for patterns in the windows of streams. Windows overlap: each contains the segment and data before it. The stream remembers
 * what was found in its last window, so only new bytes are searched, and those before them in which a pattern may begin.
 */
export class StreamScan {
  readonly #search: PatternSearch
  readonly #lengths: readonly number[]

  constructor(search: PatternSearch, patternLengths: readonly number[]) {
    this.#search = search
    this.#lengths = patternLengths
  }

  /** The patterns in the window of a view, each followed by the position after it; undefined: none. */
  scan(view: AppView): readonly number[] | undefined {
    const { stream, streamFrom, streamTo, streamStart, seen } = view
    const end = streamStart + streamTo - streamFrom
    const until = seen.seenTo
    const goesOn = streamStart >= seen.seenFrom && until > streamStart && until <= end
    const search = this.#search
    // Difference between offsets in `stream` and positions in the stream.
    const shift = streamFrom - streamStart
    const from = goesOn ? Math.max(streamFrom, until + shift - search.longest + 1) : streamFrom
    const { pairs, count } = search.scan(stream, from, streamTo)
    const before = goesOn ? seen.found : undefined
    seen.seenFrom = streamStart
    seen.seenTo = end
    if (count === 0 && before === undefined) {
      seen.found = undefined
      return undefined
    }
    const kept = before === undefined ? [] : this.#within(before, streamStart)
    for (let i = 0; i < count * 2; i += 2) {
      const behind = (pairs[i + 1] ?? 0) - shift
      if (!goesOn || behind > until) kept.push(pairs[i] ?? 0, behind)
    }
    seen.found = kept.length === 0 ? undefined : kept
    return seen.found
  }

  /** The findings that begin within the window. */
  #within(found: readonly number[], start: number): number[] {
    const kept: number[] = []
    for (let i = 0; i < found.length; i += 2) {
      const pattern = found[i] ?? 0
      const behind = found[i + 1] ?? 0
      if (behind - (this.#lengths[pattern] ?? 0) >= start) kept.push(pattern, behind)
    }
    return kept
  }
}
