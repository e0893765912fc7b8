import type { Case, Expectation } from '../model/case.ts'
import type { Setup } from '../model/setup.ts'
import type { Capabilities, Feature } from '../model/target.ts'
import type { HostEventKind } from '../model/timeline.ts'
import { profileOf } from '../profile/index.ts'

/** What a case needs and a target lacks, in words for reports (`policy continue`, `3 hosts`); undefined: nothing. */
export function lacks(test: Case, capabilities: Capabilities): string | undefined {
  const lacking = setupLacks(test.setup, capabilities)
  if (lacking !== undefined) return lacking
  // Captures are not read here: a case says its family by an axis of that name.
  const family = test.axes.family
  if ((family === 'ipv4' || family === 'ipv6') && !capabilities.families.includes(family))
    return `family ${family}`
  const event = eventsOf(test).find((kind) => !capabilities.events.includes(kind))
  if (event !== undefined) return `event ${event}`
  const unseen = test.expectations
    .flatMap((each) => observationsOf(each, capabilities))
    .concat(answersOf(test))
    .find((what) => !capabilities.observes.includes(what))
  return unseen === undefined ? undefined : `observes ${unseen}`
}

/** Like `lacks`, for a setup alone. */
export function setupLacks(setup: Setup, capabilities: Capabilities): string | undefined {
  const { topology, policy, profile } = setup
  const { profiles, features } = capabilities
  if (topology.hosts.length > capabilities.hosts) return `${topology.hosts.length} hosts`
  if (setup.ownProfile !== undefined && profiles === 'any' && !features.includes('own-profile'))
    return 'own-profile'
  if (!canHaveProfile(setup, capabilities)) return `profile ${profile}`
  if (!capabilities.policies.includes(policy.exception)) return `policy ${policy.exception}`
  if (!capabilities.sharing.includes(topology.sharing.kind)) return `sharing ${topology.sharing.kind}`
  return featuresOf(setup).find((feature) => !features.includes(feature))
}

/** A user's own profile is possible if the target is fixed to it, or can be set to it through the known profile. */
function canHaveProfile(
  { profile, ownProfile }: Setup,
  { profiles, features }: Pick<Capabilities, 'profiles' | 'features'>,
): boolean {
  if (profiles === 'any' || profiles.includes(profile)) return true
  return ownProfile !== undefined && features.includes('own-profile') && profiles.includes(ownProfile.extends)
}

/** Features that a setup needs beyond a stateful table with an exception policy. */
function featuresOf({ policy, rules, stateless, tunnels }: Setup): readonly Feature[] {
  const asked: readonly [Feature, boolean][] = [
    ['rules', rules.length > 0],
    ['default-actions', policy.defaultActions.length > 0],
    ['stateless', stateless !== undefined],
    ['next-generation', policy.generation === 'next'],
    ['monitor', policy.mode === 'monitor'],
    ['inner-tunnels', tunnels === 'inner'],
    ['reset-on-expiry', (policy.resetOnExpiry ?? 'none') !== 'none'],
  ]
  return asked.flatMap(([feature, is]) => (is ? [feature] : []))
}

/** Events that follow when a host drains whose sessions are replicated. */
const REPLICATION = ['end-drain', 'export', 'replicate', 'flush'] as const

function eventsOf({ injections, setup }: Case): readonly HostEventKind[] {
  return injections.flatMap((injection): readonly HostEventKind[] => {
    if (injection.kind === 'host-swap') {
      const replicated = injection.cause === 'drain' && setup.topology.sharing.kind === 'replication'
      return [
        injection.cause,
        ...(replicated ? REPLICATION : []),
        ...(injection.flush === undefined ? [] : (['flush'] as const)),
        ...(injection.back === undefined ? [] : (['restore'] as const)),
      ]
    }
    // The load balancer belongs to the harness.
    if (injection.kind === 'timeout-change') return injection.scope === 'lb' ? [] : ['set-timeout']
    if (injection.kind === 'table-full') return injection.scope === 'lb' ? [] : ['fill-table']
    if (injection.kind === 'replication-loss') return ['lose-replicas']
    if (injection.kind === 'asymmetric-path') return ['steer']
    if (injection.kind === 'store-outage') return ['store']
    return injection.kind === 'path-return' ? ['return'] : []
  })
}

/** What reactive endpoints must learn: verdicts, and what the firewall sent to them if it can send something. */
function answersOf({ endpoints, setup }: Case): readonly Capabilities['observes'][number][] {
  if (endpoints === 'recorded') return []
  const { policy, rules } = setup
  const { resetOnExpiry = profileOf(setup).knobs.resetOnExpiry.value } = policy
  const rejects = policy.exception === 'reject' && policy.mode !== 'monitor'
  const sends = rejects || rules.some((rule) => /^\s*reject/.test(rule)) || resetOnExpiry !== 'none'
  return sends ? ['emitted'] : []
}

/** Details of what is expected of a packet, each with what a target must observe for it. */
export const DETAILS = [
  ['reason', 'reason'],
  ['parts', 'parts'],
  ['towards', 'emitted'],
] as const

/** The same for expectations about something else than packets. */
export const OBSERVED = { counter: 'counters', impact: 'verdict', 'expiry-resets': 'emitted' } as const

/** What must be observable to grade an expectation; a provisional one cannot fail a case, so it needs nothing (`withoutUnseen`). */
function observationsOf(
  expectation: Expectation,
  { observes }: Capabilities,
): readonly Capabilities['observes'][number][] {
  // A target that cannot see alterations would meet it without having shown anything.
  if (expectation.kind === 'unaltered') return ['alterations']
  if (expectation.level === 'provisional') return []
  if (expectation.kind !== 'packets') return [OBSERVED[expectation.kind]]
  const needed: Capabilities['observes'][number][] = ['verdict']
  for (const [detail, what] of DETAILS) if (expectation[detail] !== undefined) needed.push(what)
  // A device's own record tells a reject from a drop, just as what was emitted does.
  if (expectation.towards === undefined && expectation.conforms.every((verdict) => verdict === 'reject'))
    needed.push(observes.includes('reason') ? 'reason' : 'emitted')
  return needed
}
