import type { StoreState } from '../../model/timeline.ts'

/**
 * What a store still does in each state: whether it answers within the time-out, and whether it accepts
 * writes. redis-store.test.ts compares this table with a real Redis in each of these states.
 */
export const STATES: Readonly<Record<StoreState, { readonly answers: boolean; readonly takes: boolean }>> = {
  up: { answers: true, takes: true },
  /** It cannot be reached; its data are there when it is up again, writes in the meantime are lost. */
  down: { answers: false, takes: false },
  /** Every answer comes after the time-out; writes arrive. */
  slow: { answers: false, takes: true },
  /** Its memory is used up and it evicts nothing (maxmemory-policy noeviction): it can only be read. */
  full: { answers: true, takes: false },
  /** It refuses the password. */
  unauthorised: { answers: false, takes: false },
}
