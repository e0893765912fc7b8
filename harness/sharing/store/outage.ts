import type { StoreState } from '../../model/timeline.ts'

/**
 * What a store in each state still does: whether it answers what it is asked within the time-out, and whether it takes what is
 * written. A real Redis in each of these states is held against this table in redis-store.test.ts.
 */
export const STATES: Readonly<Record<StoreState, { readonly answers: boolean; readonly takes: boolean }>> = {
  up: { answers: true, takes: true },
  /** It cannot be reached; what it held is there when it is up again, what was to be written meanwhile is lost. */
  down: { answers: false, takes: false },
  /** Every answer comes after the time-out; what is written arrives. */
  slow: { answers: false, takes: true },
  /** Its memory is used up and it evicts nothing (maxmemory-policy noeviction): it only reads. */
  full: { answers: true, takes: false },
  /** It refuses the password. */
  unauthorised: { answers: false, takes: false },
}
