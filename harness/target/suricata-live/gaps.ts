import { NANOS_PER_SECOND } from '../../model/batch.ts'
import type { Case } from '../../model/case.ts'
import { settingsOf } from '../suricata/settings.ts'

/** Seconds of its clock by which a packet may be late before it is told. */
const LATE = 0.5

/**
 * A silence of a case that cannot be told from a time-out, since Suricata's clock has whole seconds and is scaled, in words for reports;
 * undefined: there is none. It is alive for sure where less than the time-out has passed, and gone where one second more has.
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
