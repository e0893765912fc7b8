import type { Nanos } from '../model/batch.ts'
import { Direction } from '../model/codes.ts'
import { Family, isExpired, timeoutIndex } from './expiry.ts'
import { EXPIRED, EXTRA, Flag, ROW_MASK, STATE_MASK, State } from './record.ts'
import type { Settings } from './settings.ts'
import type { SessionTable } from './table.ts'

/** The head word of an entry without session whose client sent a packet in this `Direction`. */
export function bareHead(direction: number): number {
  return State.bare | (direction === Direction.s2c ? Flag.flipped : 0)
}

/** Whether a packet goes from the flow's client, as the host sees it, to its server. */
export function isToServer(head: number, direction: number): boolean {
  return (direction === Direction.c2s) === ((head & Flag.flipped) === 0)
}

/** 1 if `isToServer` is false, 0 if it is true; branch-free. */
export function isFromServer(head: number, direction: number): number {
  return direction ^ Number((head & Flag.flipped) !== 0)
}

/** No head of any entry: the table is full, and no flow is evicted. */
export const NO_ROOM = State.absent

/**
 * The head of the flow's entry, or `NO_ROOM`. Creates the entry if there is none, or replaces one that has expired. An existing entry is
 * refreshed; whether that keeps a mark alive too depends on the profile.
 */
export function enterFlow(
  table: SessionTable,
  base: number,
  family: number,
  direction: number,
  now: Nanos,
  settings: Settings,
): number {
  const { timeouts, wholeSeconds, markRefreshes } = settings
  const head = table.words[base] ?? 0
  const row = (table.words[base + EXTRA] ?? 0) & ROW_MASK
  const state = family === Family.tcp ? table.timedState(base) : head & STATE_MASK
  if (
    state === State.absent ||
    isExpired(table.lastSeen(base), now, timeouts[timeoutIndex(row, state, head)] ?? 0, wholeSeconds)
  ) {
    if (state === State.absent && !table.admits(base, now)) return NO_ROOM
    const expired = state > State.bare ? EXPIRED : (table.words[base + EXTRA] ?? 0) & EXPIRED
    const fresh = bareHead(direction)
    table.open(base, fresh, family, now)
    if (expired !== 0) table.words[base + EXTRA] = family | expired
    return fresh
  }
  if (markRefreshes || (head & Flag.marked) === 0) table.see(base, now)
  return head
}
