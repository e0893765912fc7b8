import { createHash } from 'node:crypto'
import type { QueueAddress } from './address.ts'

/** The keys of a run. */
export interface RunKeys {
  readonly run: string
  readonly out: string
  readonly blobs: string
  readonly attempt: (name: string) => string
  readonly blob: (name: string) => string
}

/** `run`: the run's own key. */
export function runKeys(run: string): RunKeys {
  return {
    run,
    out: `${run}:out`,
    blobs: `${run}:blobs`,
    attempt: (name) => `${run}:${name}`,
    blob: (name) => `${run}:${name}`,
  }
}

/** Whether a text from a queue can be the key of a run there. */
export function isRunKey({ prefix }: QueueAddress, text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(`${prefix}:run:`)
}

/** Milliseconds that the keys of a run live after its last sign of life. */
export function runTtl({ lost }: QueueAddress): number {
  return lost * 2000
}

/** Milliseconds between signs of life: often enough that three may fail, and that a worker soon learns that it was called off. */
export function beatMs({ lost }: QueueAddress): number {
  return Math.min(1000, (lost * 1000) / 5)
}

/** The key that is held by whoever drives an appliance. */
export function leaseKey({ prefix }: QueueAddress, appliance: string): string {
  return `${prefix}:lease:${createHash('sha256').update(appliance).digest('hex').slice(0, 32)}`
}

/** Suffixes of BullMQ's keys of a queue: of lists and of sorted sets that hold jobs, and of the rest. */
const LISTS = ['wait', 'active', 'paused']
const SETS = ['prioritized', 'delayed', 'completed', 'failed', 'waiting-children']
const REST = ['meta', 'id', 'events', 'marker', 'stalled', 'stalled-check', 'pc']

/** Keys and arguments of the script that removes an empty queue. */
export function tidyArguments(
  { prefix }: QueueAddress,
  queue: string,
): [readonly string[], [number, number]] {
  return [
    [...LISTS, ...SETS, ...REST].map((suffix) => `${prefix}:${queue}:${suffix}`),
    [LISTS.length, SETS.length],
  ]
}
