import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import type { Knobs } from '../profile/index.ts'
import { Flag, State } from './record.ts'

/** Rows of the time-out table, by kind of flow. */
export const Family = {
  tcp: 0,
  udp: 16,
  icmp: 32,
  other: 48,
  /** Linux connection tracking only. Its entries hold their own expiry times, so this is no row. */
  sctp: 80,
} as const

/** Offset from the time-outs of flows to those of marked flows. */
const MARKED = 64
/** Added to the family of flows that keep the time-outs from before a configuration change. */
export const KEPT = 128

/** Index in `idleTimeouts` for a flow with this head; `state` is the one whose time-out applies. */
export function timeoutIndex(family: number, state: number, head: number): number {
  return family + state + ((head & Flag.marked) !== 0 ? MARKED : 0)
}

/** Idle time-outs in nanoseconds, indexed by `timeoutIndex`. `tcpIdle`, in seconds, overrides that of established sessions. */
export function idleTimeouts(knobs: Knobs, tcpIdle: number | undefined): Float64Array {
  const table = new Float64Array(2 * KEPT)
  const set = (family: number, states: readonly number[], seconds: number) => {
    for (const state of states) table[family + state] = seconds * NANOS_PER_SECOND
  }
  const established = tcpIdle ?? knobs.tcpEstablished.value
  const halfClosed = knobs.tcpHalfClosed.value
  set(Family.tcp, [State.bare, State.synSent], knobs.tcpNew.value)
  set(Family.tcp, [State.synReceived], knobs.tcpSynReceived.value)
  set(Family.tcp, [State.established], established)
  set(
    Family.tcp,
    [State.finWait1, State.finWait2, State.closing, State.closeWait],
    halfClosed === 'established' ? established : halfClosed,
  )
  set(Family.tcp, [State.lastAck], knobs.tcpLastAck.value)
  set(Family.tcp, [State.timeWait], knobs.tcpTimeWait.value)
  set(Family.tcp, [State.closed], knobs.tcpClosed.value)
  set(Family.tcp, [State.resetPending], knobs.tcpUnverifiedReset.value)
  set(Family.udp, [State.bare], knobs.udpNew.value)
  set(Family.udp, [State.established], knobs.udpEstablished.value)
  set(Family.icmp, [State.bare], knobs.icmpNew.value)
  set(Family.icmp, [State.established], knobs.icmpEstablished.value)
  set(Family.other, [State.bare], knobs.other.value)
  set(Family.other, [State.established], knobs.otherEstablished.value)
  setMarked(table, Family.tcp, knobs.discardTcp.value)
  setMarked(table, Family.udp, knobs.discardUdp.value)
  setMarked(table, Family.icmp, knobs.discardOther.value)
  setMarked(table, Family.other, knobs.discardOther.value)
  return table
}

function setMarked(table: Float64Array, family: number, seconds: number | 'state'): void {
  for (let at = family; at < family + 16; at++)
    table[MARKED + at] = seconds === 'state' ? (table[at] ?? 0) : seconds * NANOS_PER_SECOND
}

/** When a flow last seen at `last` expires: at that very moment on a clock of whole seconds, else just after it. */
export function expiryMoment(last: Nanos, timeout: Nanos, wholeSeconds: boolean): Nanos {
  if (!wholeSeconds) return last + timeout
  return (Math.floor((last + timeout) / NANOS_PER_SECOND) + 1) * NANOS_PER_SECOND
}

/**
 * Whether a flow last seen at `last` has expired at `now`. On a clock of whole seconds it survives the last second of its time-out, so a
 * gap of up to one second more than the time-out may be survived.
 */
export function isExpired(last: Nanos, now: Nanos, timeout: Nanos, wholeSeconds: boolean): boolean {
  const gap = now - last
  if (gap <= timeout) return false
  return !wholeSeconds || Math.floor(now / NANOS_PER_SECOND) > Math.floor((last + timeout) / NANOS_PER_SECOND)
}
