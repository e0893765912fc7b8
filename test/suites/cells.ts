import { type EmptyRule, FAMILIES, type Family, setupPlaceOf } from '../../harness/author/cells/cells.ts'
import type { Case } from '../../harness/index.ts'
import { POLICIES, SHARINGS } from '../../harness/suite/words.ts'

export { FAMILIES, POLICIES, SHARINGS }

/** Cells of the events of the decision tables that no case can be in. No more than must be: that a case would show little is no reason. */
export const EMPTY: readonly EmptyRule[] = [
  {
    sharings: ['store'],
    policies: ['reject'],
    reason:
      'PAN-OS, whose the store is, drops in silence what is no SYN, or lets it make a session: it has no reset for it (profile panos, policies)',
  },
  {
    events: [
      ...Array.from({ length: 22 }, (_, row) => `10.5/${row + 1}`),
      ...['udp-swap', 'udp-asymmetric', 'icmp-swap', 'icmp-asymmetric'].map((row) => `10.7/${row}`),
    ],
    sharings: ['store'],
    policies: ['continue'],
    reason:
      'the rows are about PAN-OS as it is delivered, which drops what is no SYN (tcp-reject-non-syn yes)',
  },
  {
    events: ['10.5/3'],
    sharings: ['store'],
    reason:
      'session resiliency needs a load balancer that rebalances, and a setup where it does not is refused',
  },
  {
    events: ['10.5/17'],
    sharings: ['snat'],
    reason: 'answers have the address of the exit that translated, so that they cannot go round it',
  },
  {
    events: ['10.5/20'],
    sharings: ['cluster', 'store', 'sync', 'snat'],
    reason: 'only AWS Network Firewall has a stateless engine before the stateful one',
  },
]

/** The policy, sharing and family of a case. */
export function placeOf(test: Case): ReturnType<typeof setupPlaceOf> & { readonly family: Family } {
  return { ...setupPlaceOf(test), family: test.capture.includes('ipv6') ? 'ipv6' : 'ipv4' }
}
