import type { Taking } from '../model/sharing.ts'
import * as ct from './conntrack/record.ts'
import { Class } from './conntrack/states.ts'
import { CLIENT, EXTRA, Flag, ISN, SERVER, STAMP, STATE_MASK, WINDOWLESS, withScale } from './record.ts'
import { MAX_SCALE } from './segment.ts'

/** What Linux's connection tracking keeps of the head of an entry that came without windows: all but what belongs to a direction. */
const CT_KEPT = STATE_MASK | Flag.flipped | ct.Status.seenReply | ct.Status.assured

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
 * tracker is not to check windows that it does not know. Both of Linux's flags are conntrackd's (netlink.c, nl_create_conntrack).
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

function stripEntry(words: Int32Array, windows: 'scales' | 'none', liberal: boolean): void {
  const head = words[0] ?? 0
  let kept = head & CT_KEPT
  for (const direction of [ct.ORIGINAL, ct.REPLY]) {
    kept = ct.withSeen(kept, direction, ct.Seen.sackPermitted)
    if (windows === 'none' || !ct.hasSeen(head, direction, ct.Seen.windowScale)) continue
    kept = ct.withScale(
      ct.withSeen(kept, direction, ct.Seen.windowScale),
      direction,
      ct.scaleOf(head, direction),
    )
  }
  words.fill(0, ct.ORIGINAL, ct.LAST)
  words[0] = liberal ? kept | ct.Status.liberalOriginal | ct.Status.liberalReply : kept
  words[ct.LAST] = ct.withLast(0, Class.none, ct.ORIGINAL)
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
