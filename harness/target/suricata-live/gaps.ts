import { NANOS_PER_SECOND } from '../../model/batch.ts'
import type { Case } from '../../model/case.ts'
import { settingsOf } from '../suricata/settings.ts'

/** Seconds of its clock by which a packet may be late before it is told. */
const LATE = 0.5

/**
 * A silence of a case that cannot be distinguished from a time-out, because Suricata's clock is scaled and counts whole seconds, in words
 * for reports; undefined: none. A flow is certainly alive after less than the time-out, and certainly gone one second after it.
 */
export function gapLacks({ injections, setup }: Case, scale: number): string | undefined {
  const timeouts: readonly number[] = Object.values({ ...settingsOf(setup).timeouts })
  for (const injection of injections) {
    if (injection.kind !== 'idle-gap') continue
    const silence = (injection.keepalive?.every ?? injection.gap) / NANOS_PER_SECOND
    const near = timeouts.find((timeout) => isNear(silence / scale, Math.round(timeout / scale)))
    if (near !== undefined) return `a clock that tells ${silence} s from ${near} s`
  }
  return undefined
}

function isNear(silence: number, timeout: number): boolean {
  return silence > timeout - LATE && silence < timeout + 1
}
