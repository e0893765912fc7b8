import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import { FlowbreakError } from './errors.ts'

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: NANOS_PER_SECOND,
  m: 60 * NANOS_PER_SECOND,
  h: 3600 * NANOS_PER_SECOND,
}

/**
 * Reads `350s`, `1.5s`, `200ms`, `6m`, `1h`; a number without a unit is seconds. Nanoseconds, not negative.
 * Throws ERR_DURATION.
 */
export function parseDuration(text: string | number): Nanos {
  const match = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)?$/.exec(String(text).trim())
  const unit = UNITS[match?.[2] ?? 's']
  if (match === null || unit === undefined)
    throw new FlowbreakError(
      'ERR_DURATION',
      `"${text}" is not a duration: write a number and ns, us, ms, s, m or h, as in 350s.`,
    )
  return Math.round(Number(match[1]) * unit)
}

/** `350s`, `1.5s`, `200ms`: the shortest of seconds, milliseconds and microseconds that is exact enough to read. */
export function formatDuration(nanos: Nanos): string {
  if (nanos === 0) return '0s'
  if (nanos >= NANOS_PER_SECOND) return `${Number((nanos / NANOS_PER_SECOND).toFixed(3))}s`
  if (nanos >= 1e6) return `${Number((nanos / 1e6).toFixed(3))}ms`
  return `${Number((nanos / 1e3).toFixed(3))}us`
}
