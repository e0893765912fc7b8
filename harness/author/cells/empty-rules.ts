import type { EmptyRule } from './cells.ts'

/** No more than must be: that a case would show little is no reason. */
export const EMPTY_RULES: readonly EmptyRule[] = [
  {
    sharings: ['store'],
    policies: ['reject'],
    reason:
      'PAN-OS, whose the store is, drops in silence what is no SYN, or lets it make a session: it has no reset for it (profile panos, policies)',
  },
]
