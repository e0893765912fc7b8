import { parseProbe } from './notation.ts'
import type { Probe } from './probe.ts'

/** When a packet was sent on a clock that cannot be set: not before and not after, in seconds from some moment. */
export interface Moment {
  readonly from: number
  readonly to: number
}

/** Seconds of a timeline by which a wait may be longer than it is to be, and of long ones the share; of exact ones less. */
const ALLOWED = { seconds: 2, share: 0.1, exact: 0.25 }

/** By how much a packet was sent too late after the one before it for the answer of its probe to count; nothing: none was. */
export function latenessOf(probe: Probe, sent: readonly Moment[]): { readonly late?: number } {
  if (probe.measured === true) return {}
  const late = Math.max(...waitsOf(probe, sent).map(({ wait, really }) => latenessIn(probe, wait, really)))
  return late > 0 ? { late } : {}
}

/** What counts is not only that a wait is long enough. */
function latenessIn({ exact }: Probe, wait: number, really: number): number {
  const allowed = exact === true && wait >= 1 ? ALLOWED.exact : ALLOWED.seconds + wait * ALLOWED.share
  return really - wait > allowed ? really - wait : 0
}

interface Wait {
  /** Seconds that it is to last, and that it did. */
  readonly wait: number
  readonly really: number
}

/** The waits between its packets, but for those in which something happens to hosts, which takes as long as it does. */
function waitsOf(probe: Probe, sent: readonly Moment[]): readonly Wait[] {
  const waits: Wait[] = []
  let wait = 0
  let happened = true
  let packet = 0
  for (const step of parseProbe(probe.script)) {
    wait += step.gap
    if (step.packet === undefined) {
      happened = true
      continue
    }
    if (!happened) waits.push({ wait, really: (sent[packet]?.from ?? 0) - (sent[packet - 1]?.from ?? 0) })
    wait = 0
    happened = false
    packet++
  }
  return waits
}

/** How long a probe really waited before its packet of that number, at least and at most; undefined: that was not told. */
export function waitedBefore(
  packet: number,
  sent: readonly Moment[] | undefined,
): { readonly least: number; readonly most: number } | undefined {
  const [before, at] = [sent?.[packet - 1], sent?.[packet]]
  if (before === undefined || at === undefined) return undefined
  return { least: Math.max(0, at.from - before.to), most: at.to - before.from }
}
