import { ExitCode, FlowbreakError } from '../../support/errors.ts'

/** Seconds below which a time-out that is scaled can no longer be told from another. */
export const SHORTEST = 2

/** Whether a time-out is the same on a clock that is `scale` times as fast and keeps whole seconds. */
export function isExact(seconds: number, scale: number): boolean {
  const scaled = seconds / scale
  return scaled >= SHORTEST && Number.isInteger(scaled)
}

/** A time-out in whole seconds on a clock that is `scale` times as fast. Throws ERR_CLOCK_SCALE below 2. */
export function scaledTimeout(name: string, seconds: number, scale: number): number {
  const scaled = Math.round(seconds / scale)
  if (scaled >= SHORTEST) return scaled
  const short = name.slice(name.lastIndexOf('/') + 1)
  throw new FlowbreakError(
    'ERR_CLOCK_SCALE',
    `A clock scale of ${scale} makes ${short} of ${seconds} s shorter than ${SHORTEST} s, which a clock that counts whole seconds cannot keep: choose ${Math.floor((seconds / SHORTEST) * 100) / 100} at most.`,
    { exitCode: ExitCode.broken },
  )
}
