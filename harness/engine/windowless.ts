import type { Taking } from '../model/sharing.ts'
import { stripEntry } from './conntrack/injected.ts'
import { CLIENT, EXTRA, Flag, ISN, SERVER, STAMP, WINDOWLESS, withScale } from './record.ts'
import { MAX_SCALE } from './segment.ts'

/** Flags of the other trackers that are about sequence numbers, among them which side has closed and where that ended. */
const ABOUT_NUMBERS =
  Flag.timestamps |
  Flag.clientTimestamps |
  Flag.serverTimestamps |
  Flag.clientKeepalive |
  Flag.serverKeepalive |
  Flag.clientZeroProbe |
  Flag.serverZeroProbe

/**
 * Takes out of the record of a TCP session what it says about sequence numbers; `windows` says what was told of them. `liberal`: the
 * tracker is not to check windows that it does not know.
 */
export function stripWindows(
  words: Int32Array,
  windows: Taking['windows'],
  liberal: boolean,
  conntrack: boolean,
): void {
  if (windows === undefined || windows === 'full') return
  if (conntrack) stripEntry(words, windows, liberal)
  else stripSession(words, windows, liberal)
}

function stripSession(words: Int32Array, windows: 'scales' | 'none', liberal: boolean): void {
  let head = (words[0] ?? 0) & ~ABOUT_NUMBERS
  // Where windows are not checked a scale that is not known is the largest, as of a connection that is picked up.
  const scale = liberal ? MAX_SCALE : 0
  if (windows === 'none') head = withScale(withScale(head, CLIENT, scale), SERVER, scale)
  words[0] = head | Flag.importedClient | Flag.importedServer | (liberal ? Flag.pickedUp : 0)
  words[EXTRA] = (words[EXTRA] ?? 0) | WINDOWLESS
  for (const stream of [CLIENT, SERVER]) words.fill(0, stream + ISN, stream + STAMP + 1)
}
