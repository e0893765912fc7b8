import { Tcp } from '../model/codes.ts'
import { oddityAt } from './oddities.ts'
import { CLIENT, ISN, SERVER, STATE_MASK, State } from './record.ts'
import type { Segment } from './segment.ts'
import type { Settings } from './settings.ts'
import type { SessionTable } from './table.ts'

const SYN_ACK = Tcp.syn | Tcp.ack

/**
 * Whether a packet that may open a connection starts a new flow in place of an existing one (docs/decision-tables.md 10.3). A SYN does
 * if the flow has no session (one of the flow's client only with `synReusesAnyNull`), and if both sides are closing, or with `synOnLive`
 * reset always, unless it repeats the old SYN. By Suricata's order of states TIME_WAIT does not count as closing, but CLOSE_WAIT does, in
 * which only the client has closed; tracker `windows` knows when both sides have. A SYN-ACK does on similar terms, if the profile picks
 * it up.
 */
export function startsAnew(table: SessionTable, base: number, segment: Segment, settings: Settings): boolean {
  if (segment.has(Tcp.rst | Tcp.fin)) return false
  const { words } = table
  const state = (words[base] ?? 0) & STATE_MASK
  if (segment.has(Tcp.ack))
    return settings.synAckOpens && synAckStartsAnew(words, base, segment, state, settings)
  if (state === State.bare) return settings.synReusesAnyNull || !segment.toServer
  if (segment.toServer) {
    if (oddityAt(table, base)?.dataIgnored === true) return true
    if (segment.seq === words[base + CLIENT + ISN]) return false
  }
  const closed = settings.plainWindows ? hasClosed(state) : state >= State.lastAck
  return closed || settings.synOnLive === 'reset'
}

/** Whether both sides of a session have closed, or one has reset it. */
export function hasClosed(state: number): boolean {
  return state === State.timeWait || state === State.closed
}

function synAckStartsAnew(
  words: Int32Array,
  base: number,
  segment: Segment,
  state: number,
  settings: Settings,
): boolean {
  if (state === State.bare) return segment.toServer
  if (!segment.toServer && segment.seq === words[base + SERVER + ISN]) return false
  return !settings.plainWindows && state >= State.lastAck
}

/** Whether the packet may open a connection: a SYN or SYN-ACK, without RST and FIN. */
export function mayOpen(segment: Segment): boolean {
  const flags = segment.flags & (SYN_ACK | Tcp.fin | Tcp.rst)
  return flags === Tcp.syn || flags === SYN_ACK
}
