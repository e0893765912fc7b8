import type { FlowInfo } from '../../model/capture.ts'
import type { Case } from '../../model/case.ts'
import type { ExceptionPolicy, Sharing } from '../../model/setup.ts'

export const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const
export const FAMILIES = ['ipv4', 'ipv6'] as const
export type Protocol = (typeof PROTOCOLS)[number]
export type Family = (typeof FAMILIES)[number]

/** Where an event may befall a flow: a case shows it in one of these. */
export interface Cell {
  readonly event: string
  readonly sharing: Sharing['kind']
  readonly policy: ExceptionPolicy
  readonly protocol: Protocol
  readonly family: Family
}

/** Cells that no case can be in, by a rule of the domain. What is not said is any. */
export interface EmptyRule {
  readonly events?: readonly string[]
  readonly sharings?: readonly Sharing['kind'][]
  readonly policies?: readonly ExceptionPolicy[]
  readonly protocols?: readonly Protocol[]
  /** One sentence. */
  readonly reason: string
}

/** Whether a rule keeps a cell empty; one that names protocols says nothing of a cell of none. */
export function isEmptyBy(
  rule: EmptyRule,
  { event, sharing, policy, protocol }: Omit<Cell, 'family' | 'protocol'> & { readonly protocol?: Protocol },
): boolean {
  return (
    (rule.events?.includes(event) ?? true) &&
    (rule.sharings?.includes(sharing) ?? true) &&
    (rule.policies?.includes(policy) ?? true) &&
    (rule.protocols === undefined || (protocol !== undefined && rule.protocols.includes(protocol)))
  )
}

/** The policy and sharing of a case. */
export function setupPlaceOf({ setup }: Pick<Case, 'setup'>): Pick<Cell, 'sharing' | 'policy'> {
  return { sharing: setup.topology.sharing.kind, policy: setup.policy.exception }
}

/** The protocol and family of a flow; undefined: of none that is covered. */
export function flowPlaceOf({ protocol, family }: FlowInfo): Pick<Cell, 'protocol' | 'family'> | undefined {
  if (protocol === 'sctp' || protocol === 'ip') return undefined
  return { protocol: protocol === 'icmp6' ? 'icmp' : protocol, family }
}
