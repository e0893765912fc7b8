import { randomInt } from 'node:crypto'

/** A name for a run: names sort by time, and differ for two runs in the same second. */
export function runId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
  return `${stamp}-${randomInt(2 ** 24)
    .toString(16)
    .padStart(6, '0')}`
}
