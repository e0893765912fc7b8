import type { Nanos } from '../model/batch.ts'
import { nameOf } from '../model/codes.ts'
import { SctpState } from './conntrack/sctp-states.ts'
import { CtState } from './conntrack/states.ts'
import { Family } from './expiry.ts'
import type { Hosts } from './hosts.ts'
import { EXPIRED, EXTRA, FAMILY_MASK, Flag, STATE_MASK, State, WINDOWLESS } from './record.ts'

/** Session flags of tracker `windows`, in words. */
const MARKS: readonly (readonly [number, string])[] = [
  [Flag.marked, 'all dropped'],
  [Flag.pickedUp, 'picked up midstream'],
  [Flag.flipped, 'ends turned'],
]

/** A host's table entry of a flow once a packet has been decided, in words: `established, picked up midstream`. */
export function entryWords(hosts: Hosts, host: number, flow: number, now: Nanos, conntrack: boolean): string {
  const table = hosts.tables[host]
  if (table === undefined || flow < 0) return ''
  const base = table.touch(flow)
  const head = table.words[base] ?? 0
  const extra = table.words[base + EXTRA] ?? 0
  const state = head & STATE_MASK
  const isTcp = (extra & FAMILY_MASK) === Family.tcp
  if (state === State.absent) return (extra & EXPIRED) === 0 ? 'no entry' : 'expired'
  if (!hosts.isLive(table, base, now)) return 'expired'
  const isSctp = (extra & FAMILY_MASK) === Family.sctp
  const words = [isSctp ? spaced(nameOf(SctpState, state)) : stateWords(state, isTcp, conntrack)]
  if (!conntrack && isTcp) {
    for (const [flag, mark] of MARKS) if ((head & flag) !== 0) words.push(mark)
    if ((extra & WINDOWLESS) !== 0) words.push('without windows')
  }
  return words.join(', ')
}

function stateWords(state: number, isTcp: boolean, conntrack: boolean): string {
  if (!isTcp) return state === State.established ? 'seen both ways' : 'seen one way'
  if (conntrack) return spaced(nameOf(CtState, state))
  return state === State.bare ? 'no session' : spaced(nameOf(State, state))
}

/** `finWait1` as `fin-wait-1`. */
function spaced(name: string): string {
  return name.replaceAll(/([A-Z]|\d+)/g, (part) => `-${part.toLowerCase()}`)
}
