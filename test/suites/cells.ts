import type { Case } from '../../harness/index.ts'

export const POLICIES = ['drop', 'reject', 'continue'] as const
export const FAMILIES = ['ipv4', 'ipv6'] as const
export const SHARINGS = ['none', 'replication', 'cluster', 'store', 'sync', 'snat'] as const

export type Policy = (typeof POLICIES)[number]
type Sharing = (typeof SHARINGS)[number]

/** Where an event may befall a flow: a case shows it in one of these. */
export interface Cell {
  readonly event: string
  readonly sharing: Sharing
  readonly policy: Policy
  readonly family: (typeof FAMILIES)[number]
}

/** Cells that no case can be in, by a rule of the domain. What is not said is any. */
export interface EmptyCells {
  readonly event?: string
  readonly sharings: readonly Sharing[]
  readonly policies?: readonly Policy[]
  readonly reason: string
}

/** No more than must be: that a case would show little is no reason. */
export const EMPTY: readonly EmptyCells[] = [
  {
    sharings: ['store'],
    policies: ['reject', 'continue'],
    reason:
      'PAN-OS, whose the store is, has one policy: it drops in silence what is no SYN (profile panos, policies)',
  },
  {
    event: '10.5/3',
    sharings: ['store'],
    reason:
      'session resiliency needs a load balancer that rebalances, and a setup where it does not is refused',
  },
  {
    event: '10.5/17',
    sharings: ['snat'],
    reason: 'answers have the address of the exit that translated, so that they cannot go round it',
  },
  {
    event: '10.5/20',
    sharings: ['cluster', 'store', 'sync', 'snat'],
    reason: 'only AWS Network Firewall has a stateless engine before the stateful one',
  },
]

/** Whether a rule keeps a cell empty. */
export function isEmptyBy(rule: EmptyCells, cell: Cell): boolean {
  if (rule.event !== undefined && rule.event !== cell.event) return false
  return rule.sharings.includes(cell.sharing) && (rule.policies?.includes(cell.policy) ?? true)
}

/** The policy, sharing and family of a case. */
export function placeOf({ setup, capture }: Case): Omit<Cell, 'event'> {
  return {
    sharing: setup.topology.sharing.kind,
    policy: setup.policy.exception,
    family: capture.includes('ipv6') ? 'ipv6' : 'ipv4',
  }
}
