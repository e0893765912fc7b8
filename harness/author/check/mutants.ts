import type { LoadBalancer, Setup, Sharing, StatelessAction } from '../../model/setup.ts'
import { profileOf } from '../../profile/index.ts'
import { KNOBS, type KnobKind } from '../../profile/schema.ts'
import { POLICIES, RESETS_ON_EXPIRY } from '../../suite/words.ts'
import { DECISIONS } from './decisions.ts'
import { changed, type Mutant, withKnob } from './mutant.ts'

/** Knobs that a setup says itself: the mutants of setups change them there. */
const IN_SETUP: ReadonlySet<string> = new Set(['policies', 'resetOnExpiry', 'tunnels'])

/** What can be wrong in the policy and the rules. */
const POLICY: readonly Mutant[] = [
  ...POLICIES.map(
    (exception): Mutant => ({
      name: `policy/${exception}`,
      setup: (setup) =>
        setup.policy.exception === exception
          ? undefined
          : changed(setup, { policy: { ...setup.policy, exception } }),
    }),
  ),
  {
    name: 'policy/mode',
    setup: (setup) => {
      const { generation, mode } = setup.policy
      if (generation !== 'next') return undefined
      const other = mode === 'monitor' ? 'enforce' : 'monitor'
      return changed(setup, { policy: { ...setup.policy, mode: other } })
    },
  },
  ...[-1, 1].map(
    (by): Mutant => ({
      name: `policy/tcp-idle${sign(by)}`,
      setup: (setup) => {
        const { tcpIdle } = setup.policy
        return tcpIdle === undefined
          ? undefined
          : changed(setup, { policy: { ...setup.policy, tcpIdle: tcpIdle + by } })
      },
    }),
  ),
  ...RESETS_ON_EXPIRY.map(
    (resetOnExpiry): Mutant => ({
      name: `policy/reset-on-expiry=${resetOnExpiry}`,
      setup: (setup) =>
        (setup.policy.resetOnExpiry ?? profileOf(setup).knobs.resetOnExpiry.value) === resetOnExpiry
          ? undefined
          : changed(setup, { policy: { ...setup.policy, resetOnExpiry } }),
    }),
  ),
  {
    name: 'rules/none',
    setup: (setup) => (setup.rules.length === 0 ? undefined : changed(setup, { rules: [] })),
  },
  {
    name: 'rules/first-missing',
    setup: (setup) => (setup.rules.length < 2 ? undefined : changed(setup, { rules: setup.rules.slice(1) })),
  },
  {
    name: 'rules/last-missing',
    setup: (setup) =>
      setup.rules.length < 2 ? undefined : changed(setup, { rules: setup.rules.slice(0, -1) }),
  },
  {
    name: 'rules/reversed',
    setup: (setup) =>
      setup.rules.length < 2 ? undefined : changed(setup, { rules: setup.rules.toReversed() }),
  },
  {
    name: 'rules/no-default-actions',
    setup: (setup) =>
      setup.policy.defaultActions.length === 0
        ? undefined
        : changed(setup, { policy: { ...setup.policy, defaultActions: [] } }),
  },
]

/** What can be wrong before the stateful engine. */
const STATELESS: readonly Mutant[] = [
  {
    name: 'stateless/none',
    setup: (setup) => (setup.stateless === undefined ? undefined : changed(setup, { stateless: FORWARDS })),
  },
  ...(['fallback', 'fragmentFallback'] as const).map(
    (key): Mutant => ({
      name: `stateless/${key}`,
      setup: (setup) => {
        if (setup.stateless === undefined) return undefined
        const { verdict } = setup.stateless[key]
        const other = verdict === 'aws:drop' ? 'aws:forward_to_sfe' : 'aws:drop'
        return changed(setup, { stateless: { ...setup.stateless, [key]: { verdict: other, customs: [] } } })
      },
    }),
  ),
]

const FORWARD: StatelessAction = { verdict: 'aws:forward_to_sfe', customs: [] }
const FORWARDS = { rules: [], fallback: FORWARD, fragmentFallback: FORWARD }

/** What can be wrong with how session state reaches another host. */
const SHARING: readonly Mutant[] = [
  {
    name: 'sharing/loses-everything',
    setup: (setup) =>
      setup.topology.sharing.kind === 'none' ? undefined : withSharing(setup, { kind: 'none' }),
  },
  {
    name: 'sharing/replication',
    setup: (setup) =>
      setup.topology.sharing.kind === 'none' && setup.topology.hosts.length > 1
        ? withSharing(setup, { kind: 'replication', mode: 'continuous', lag: 0, drain: 0, transfer: 0 })
        : undefined,
  },
  ...[
    'redirect',
    'statefulFailover',
    'randomSequenceNumber',
    'externalCache',
    'defer',
    'halfOpen',
    'http',
    'connectionless',
    'expectations',
    'resync',
  ].map(
    (key): Mutant => ({
      name: `sharing/${key}`,
      setup: (setup) => {
        const { sharing } = setup.topology
        const value: unknown = Object.entries(sharing).find(([name]) => name === key)?.[1]
        return typeof value === 'boolean' ? withSharing(setup, { ...sharing, [key]: !value }) : undefined
      },
    }),
  ),
  ...['lag', 'drain', 'transfer', 'delay', 'latency', 'pickupDelay', 'lose'].flatMap((key) =>
    [1, 60].map(
      (by): Mutant => ({
        name: `sharing/${key}${sign(by)}`,
        setup: (setup) => {
          const { sharing } = setup.topology
          const value: unknown = Object.entries(sharing).find(([name]) => name === key)?.[1]
          return typeof value === 'number' ? withSharing(setup, { ...sharing, [key]: value + by }) : undefined
        },
      }),
    ),
  ),
]

function withSharing(setup: Setup, sharing: Sharing): Setup {
  return changed(setup, { topology: { ...setup.topology, sharing } })
}

/** What can be wrong with the load balancer. */
const LOAD_BALANCER: readonly Mutant[] = [
  ...(
    [
      'tcpIdle',
      'otherIdle',
      'capacity',
      'mtu',
      'hostMtu',
      'hostTcpEstablished',
      'deregistrationDelay',
    ] as const
  ).flatMap((key) =>
    [-1, 1].map(
      (by): Mutant => ({
        name: `load-balancer/${key}${sign(by)}`,
        setup: (setup) => {
          const value = setup.topology.loadBalancer[key]
          return value === undefined ? undefined : withBalancer(setup, { [key]: Math.max(1, value + by) })
        },
      }),
    ),
  ),
  ...(['forward', 'drop', 'reset'] as const).map(
    (nonSynMiss): Mutant => ({
      name: `load-balancer/nonSynMiss=${nonSynMiss}`,
      setup: (setup) =>
        setup.topology.loadBalancer.nonSynMiss === nonSynMiss
          ? undefined
          : withBalancer(setup, { nonSynMiss }),
    }),
  ),
  {
    name: 'load-balancer/failover',
    setup: (setup) =>
      withBalancer(setup, {
        failover: setup.topology.loadBalancer.failover === 'rebalance' ? 'no_rebalance' : 'rebalance',
      }),
  },
  ...(['idle', 'unhealthy', 'deregistration'] as const).map(
    (cause): Mutant => ({
      name: `load-balancer/reset-on-${cause}`,
      setup: (setup) => {
        const { resetOn } = setup.topology.loadBalancer
        return withBalancer(setup, { resetOn: { ...resetOn, [cause]: !resetOn[cause] } })
      },
    }),
  ),
  ...(['5-tuple', '3-tuple', '2-tuple'] as const).map(
    (stickiness): Mutant => ({
      name: `load-balancer/stickiness=${stickiness}`,
      setup: (setup) =>
        (setup.topology.loadBalancer.stickiness ?? '5-tuple') === stickiness
          ? undefined
          : withBalancer(setup, { stickiness }),
    }),
  ),
  {
    name: 'load-balancer/all-unhealthy',
    setup: (setup) =>
      withBalancer(setup, {
        allUnhealthy: setup.topology.loadBalancer.allUnhealthy === 'closed' ? 'open' : 'closed',
      }),
  },
  {
    name: 'load-balancer/cross-zone',
    setup: (setup) => {
      const { zones } = setup.topology.loadBalancer
      return zones === undefined
        ? undefined
        : withBalancer(setup, { zones: { ...zones, crossZone: !zones.crossZone } })
    },
  },
]

function withBalancer(setup: Setup, change: Partial<LoadBalancer>): Setup {
  const { topology } = setup
  return changed(setup, {
    topology: { ...topology, loadBalancer: { ...topology.loadBalancer, ...change } },
  })
}

/** Every knob of a profile with each other word that it can have, turned over, or off by one, and far off. */
const PROFILE: readonly Mutant[] = Object.entries(KNOBS)
  .filter(([name, { group }]) => group !== 'loadBalancer' && !IN_SETUP.has(name))
  .flatMap(([name, kind]) => knobMutants(name, kind))

function knobMutants(name: string, { words = [], boolean, number }: KnobKind): readonly Mutant[] {
  const toWords = words.map(
    (word): Mutant => ({
      name: `knob/${name}=${word}`,
      setup: (setup) => (knobOf(setup, name) === word ? undefined : withKnob(setup, name, word)),
    }),
  )
  const turned: Mutant = {
    name: `knob/${name}`,
    setup: (setup) => {
      const value = knobOf(setup, name)
      return typeof value === 'boolean' ? withKnob(setup, name, !value) : undefined
    },
  }
  const off = [
    { suffix: '+1', of: (value: number) => value + 1 },
    { suffix: '-1', of: (value: number) => value - 1 },
    { suffix: '*2', of: (value: number) => value * 2 },
    { suffix: '/2', of: (value: number) => Math.floor(value / 2) },
  ].map(
    ({ suffix, of }): Mutant => ({
      name: `knob/${name}${suffix}`,
      setup: (setup) => {
        const value = knobOf(setup, name)
        if (typeof value !== 'number' || number === undefined) return undefined
        const other = Math.min(number.most, Math.max(number.least, of(value)))
        return other === value ? undefined : withKnob(setup, name, other)
      },
    }),
  )
  return [...toWords, ...(boolean === true ? [turned] : []), ...(number === undefined ? [] : off)]
}

function knobOf(setup: Setup, name: string): unknown {
  return Object.entries<{ readonly value: unknown }>({ ...profileOf(setup).knobs }).find(
    ([knob]) => knob === name,
  )?.[1].value
}

function sign(by: number): string {
  return by > 0 ? `+${by}` : String(by)
}

/** All of them; those that turn most cases red are first. */
export const MUTANTS: readonly Mutant[] = [
  ...POLICY,
  ...SHARING,
  ...DECISIONS,
  ...LOAD_BALANCER,
  ...STATELESS,
  ...PROFILE,
]
