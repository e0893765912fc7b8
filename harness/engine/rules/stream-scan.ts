import type { AppView } from '../app/app-view.ts'
import type { PatternSearch } from './pattern-search.ts'

/**
 * Looks for patterns in the windows of streams. Windows overlap: each holds the segment and what came before it. What was seen
 * of a window stays known to the stream, so that only new bytes are gone over, and those before them that a pattern may begin in.
 */
export class StreamScan {
  readonly #search: PatternSearch
  readonly #lengths: readonly number[]

  constructor(search: PatternSearch, patternLengths: readonly number[]) {
    this.#search = search
    this.#lengths = patternLengths
  }

  /** The patterns in the window of a view, each with the position behind it, in turn; undefined: none. */
  scan(view: AppView): readonly number[] | undefined {
    const { stream, streamFrom, streamTo, streamStart, seen } = view
    const end = streamStart + streamTo - streamFrom
    const until = seen.seenTo
    const goesOn = streamStart >= seen.seenFrom && until > streamStart && until <= end
    const search = this.#search
    // Where the window lies in `stream`, against where it lies in the stream's positions.
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

  /** Those that begin in a window. */
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
