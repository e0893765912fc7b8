import type { Taking } from '../model/sharing.ts'
import { stripEntry } from './conntrack/injected.ts'
import { CLIENT, EXTRA, Flag, ISN, SERVER, STAMP, WINDOWLESS, withScale } from './record.ts'
import { MAX_SCALE } from './segment.ts'

/** Flags of the other trackers that concern sequence numbers, including which side has closed and where its FIN was. */
const ABOUT_NUMBERS =
  Flag.timestamps |
  Flag.clientTimestamps |
  Flag.serverTimestamps |
  Flag.clientKeepalive |
  Flag.serverKeepalive |
  Flag.clientZeroProbe |
  Flag.serverZeroProbe

/**
 * Removes sequence numbers from the record of a TCP session; `windows` says which of them were shared. `liberal`: the tracker must not
 * check windows that it does not know.
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
  // If windows are not checked, an unknown scale is taken to be the largest, as for a connection that is picked up.
  const scale = liberal ? MAX_SCALE : 0
  if (windows === 'none') head = withScale(withScale(head, CLIENT, scale), SERVER, scale)
  words[0] = head | Flag.importedClient | Flag.importedServer | (liberal ? Flag.pickedUp : 0)
  words[EXTRA] = (words[EXTRA] ?? 0) | WINDOWLESS
  for (const stream of [CLIENT, SERVER]) words.fill(0, stream + ISN, stream + STAMP + 1)
}
