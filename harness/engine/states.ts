import { oddityAt } from './oddities.ts'
import type { Oddity } from './oddity.ts'
import { Flag, STATE_MASK, State, withState } from './record.ts'
import type { SessionTable } from './table.ts'

/** Moves the session at `base` to another state; Suricata's time-outs do not follow a step back into an opening state. */
export function enter(table: SessionTable, base: number, state: number): void {
  const { words } = table
  const head = words[base] ?? 0
  if ((head & Flag.special) !== 0) noteEarlier(oddityAt(table, base), head & STATE_MASK, state)
  words[base] = withState(head, state)
}

function noteEarlier(oddity: Oddity | undefined, from: number, to: number): void {
  if (oddity === undefined || from === to) return
  oddity.earlier = from
  if (to >= State.established) oddity.held = State.absent
  else if (from >= State.established) oddity.held = from
  oddity.heldIn = to
}
