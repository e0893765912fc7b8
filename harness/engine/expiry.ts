import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import type { Knobs } from '../profile/index.ts'
import { State } from './record.ts'

/** Rows of the time-out table. */
export const Family = { tcp: 0, udp: 16, icmp: 32, other: 48 } as const

/** Idle time-outs in nanoseconds, at family + state. `tcpIdle`, in seconds, overrides that of established sessions. */
export function idleTimeouts(knobs: Knobs, tcpIdle: number | undefined): Float64Array {
  const table = new Float64Array(64)
  const set = (family: number, states: readonly number[], seconds: number) => {
    for (const state of states) table[family + state] = seconds * NANOS_PER_SECOND
  }
  set(Family.tcp, [State.bare, State.synSent, State.synReceived], knobs.tcpNew.value)
  set(
    Family.tcp,
    [State.established, State.finWait1, State.finWait2, State.closing, State.closeWait],
    tcpIdle ?? knobs.tcpEstablished.value,
  )
  set(Family.tcp, [State.lastAck, State.timeWait, State.closed], knobs.tcpClosed.value)
  set(Family.udp, [State.bare], knobs.udpNew.value)
  set(Family.udp, [State.established], knobs.udpEstablished.value)
  set(Family.icmp, [State.bare], knobs.icmpNew.value)
  set(Family.icmp, [State.established], knobs.icmpEstablished.value)
  set(Family.other, [State.bare], knobs.other.value)
  set(Family.other, [State.established], knobs.otherEstablished.value)
  return table
}

/**
 * Whether a flow last seen at `last` is gone at `now`. On a clock of whole seconds it lives through the last second of its
 * time-out, so that a gap of up to one second more than the time-out may be survived.
 */
export function isExpired(last: Nanos, now: Nanos, timeout: Nanos, wholeSeconds: boolean): boolean {
  const gap = now - last
  if (gap <= timeout) return false
  return !wholeSeconds || Math.floor(now / NANOS_PER_SECOND) > Math.floor((last + timeout) / NANOS_PER_SECOND)
}
