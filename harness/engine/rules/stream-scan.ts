import type { AppView } from '../app/app-view.ts'
import { RECORD_WORDS } from '../record.ts'
import type { Automaton } from './automaton.ts'

/** Per direction of a flow: where its last window began and ended. */
const WINDOW = 2

/**
 * Looks for patterns in the windows of streams. Windows overlap: each holds the segment and what came before it. What was seen
 * of a window stays known, so that only new bytes are gone over, from the automaton's state behind the old ones.
 */
export class StreamScan {
  readonly #automaton: Automaton
  readonly #lengths: readonly number[]
  readonly #hosts: HostScans[] = []

  constructor(automaton: Automaton, patternLengths: readonly number[]) {
    this.#automaton = automaton
    this.#lengths = patternLengths
  }

  /** The patterns in the window of a view, each with the position behind it, in turn; undefined: none. */
  scan(host: number, base: number, toServer: boolean, view: AppView): readonly number[] | undefined {
    const scans = this.#hosts[host] ?? new HostScans()
    this.#hosts[host] = scans
    const key = (base / RECORD_WORDS) * 2 + (toServer ? 0 : 1)
    scans.reach(key)
    const { stream, streamFrom, streamTo, streamStart } = view
    const end = streamStart + streamTo - streamFrom
    const until = scans.windows[key * WINDOW + 1] ?? 0
    const goesOn =
      streamStart > 0 &&
      streamStart >= (scans.windows[key * WINDOW] ?? 0) &&
      until > streamStart &&
      until <= end
    const from = goesOn ? streamFrom + until - streamStart : streamFrom
    const automaton = this.#automaton
    const state = automaton.scan(goesOn ? (scans.states[key] ?? 0) : 0, stream, from, streamTo)
    scans.states[key] = state
    scans.windows[key * WINDOW] = streamStart
    scans.windows[key * WINDOW + 1] = end
    const before = scans.seen[key] === 1
    if (automaton.count === 0 && !before) return undefined
    const kept = goesOn && before ? this.#within(scans.found.get(key) ?? [], streamStart) : []
    for (let i = 0; i < automaton.count; i++)
      kept.push(automaton.found[i * 2] ?? 0, (automaton.found[i * 2 + 1] ?? 0) - streamFrom + streamStart)
    scans.keep(key, kept)
    return kept.length === 0 ? undefined : kept
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

/** What is known of the streams at one host. */
class HostScans {
  states = new Int32Array(0)
  windows = new Float64Array(0)
  /** 1: `found` has something. */
  seen = new Uint8Array(0)
  readonly found = new Map<number, readonly number[]>()

  reach(key: number): void {
    if (key < this.states.length) return
    const capacity = Math.max(1024, key * 2)
    const states = new Int32Array(capacity)
    states.set(this.states)
    this.states = states
    const windows = new Float64Array(capacity * WINDOW)
    windows.set(this.windows)
    this.windows = windows
    const seen = new Uint8Array(capacity)
    seen.set(this.seen)
    this.seen = seen
  }

  keep(key: number, found: readonly number[]): void {
    this.seen[key] = found.length === 0 ? 0 : 1
    if (found.length === 0) this.found.delete(key)
    else this.found.set(key, found)
  }
}
