import fc from 'fast-check'
import { FlowTable } from '../flow/table.ts'
import type { PacketBatch } from '../model/batch.ts'
import { Link } from '../model/codes.ts'
import type { ExceptionPolicy } from '../model/setup.ts'
import type { HostEvent, TimedEvent } from '../model/timeline.ts'
import { LoadBalancerPath } from '../path/load-balancer.ts'
import { getProfile, type Knobs, profileNames } from '../profile/index.ts'
import type { KnobValues } from '../profile/knobs.ts'
import { makeSharing } from '../sharing/sharing.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { Engine } from './engine.ts'
import { outcomeOf, packet } from './example-engine.test.ts'
import { batchOf } from './oracle-cases.test.ts'

/** A packet, with the event that happens before it, if any. */
export interface Step {
  readonly way: '>' | '<'
  readonly what: string
  readonly seq: number
  readonly ack: number
  readonly length: number
  /** Seconds since the packet before. */
  readonly gap: number
  readonly event?: HostEvent
}

/** Everything that a verdict may depend on. */
export interface World {
  readonly setup: SetupInput & { readonly profile: string; readonly policy: ExceptionPolicy }
  readonly knobs?: KnobValues
  readonly steps: readonly Step[]
}

/** What verdicts must not depend on. */
export interface Accidents {
  readonly clientIsn?: number
  readonly serverIsn?: number
  /** Milliseconds. */
  readonly shift?: number
}

export interface Played {
  readonly steps: readonly Step[]
  readonly batch: PacketBatch
  readonly outcomes: readonly string[]
  readonly counters: readonly Readonly<Record<string, number>>[]
}

/** An engine that is wrong in one way: what it would have done instead is written over what was done. */
export type Wrong = (played: Played, world: World, accidents: Accidents) => Played
export const right: Wrong = (played) => played

const HANDSHAKE: readonly Step[] = [
  { way: '>', what: 'S', seq: 0, ack: 0, length: 0, gap: 0 },
  { way: '<', what: 'SA', seq: 0, ack: 1, length: 0, gap: 0 },
  { way: '>', what: 'A', seq: 1, ack: 1, length: 0, gap: 0 },
]

const event: fc.Arbitrary<HostEvent> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('drain' as const, 'crash' as const),
    host: fc.nat(1),
    flow: fc.constant(0),
  }),
  fc.record({ kind: fc.constant('restore' as const), host: fc.nat(1) }),
  fc.record({
    kind: fc.constant('steer' as const),
    flow: fc.constant(0),
    direction: fc.constantFrom(0 as const, 1 as const, 2 as const),
    host: fc.constantFrom(0, 1, 254),
  }),
  fc.constant({ kind: 'return' as const }),
)
const number = fc.oneof(
  fc.constantFrom(0, 1, 11, 100),
  fc.integer({ min: -2, max: 120 }),
  fc.constantFrom(70_000, -70_000),
)

/** Steps of any kind. `events`: whether hosts leave and paths turn. */
export function steps(events: boolean): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.record(
    {
      way: fc.constantFrom('>' as const, '<' as const),
      what: fc.constantFrom('S', 'SA', 'A', 'A', 'PA', 'PA', 'FA', 'R', 'RA', '.', 'F', 'SF', 'UDP', 'PING'),
      seq: number,
      ack: number,
      length: fc.constantFrom(0, 0, 1, 10),
      gap: fc.constantFrom(0, 0, 0, 0, 1, 6, 60, 61, 350, 351, 3601),
      ...(events ? { event } : {}),
    },
    { requiredKeys: ['way', 'what', 'seq', 'ack', 'length', 'gap'] },
  )
  // As often as not they begin with a handshake.
  return fc
    .tuple(fc.boolean(), fc.array(step, { minLength: 1, maxLength: 25 }))
    .map(([opens, all]) => [...(opens ? HANDSHAKE : []), ...all])
}

/** Rule sets without `reject`, that need no application protocol. */
const RULES: readonly (readonly string[])[] = [
  [],
  [],
  ['drop tcp any any -> any any (flags:S; sid:1;)'],
  ['drop tcp any any -> any any (flow:established,to_client; sid:1;)'],
  ['drop ip any any -> any any (sid:1;)'],
  ['pass tcp any any -> any 80 (flow:to_server; sid:1;)', 'drop ip any any -> any any (sid:2;)'],
]
export const REJECT_RULE = ['reject tcp any any -> any any (flow:to_client; sid:1;)']

const LOAD_BALANCERS: readonly NonNullable<SetupInput['load-balancer']>[] = [
  {},
  {},
  { placement: 'hash', 'non-syn-miss': 'drop' },
  { 'non-syn-miss': 'reset', 'tcp-idle': 60, 'other-idle': 30 },
  { failover: 'no_rebalance', 'reset-on': ['idle', 'unhealthy', 'deregistration'] },
]

/** Worlds of every profile, with a policy that it has. */
export function worlds(
  options: {
    readonly events?: boolean
    readonly rules?: readonly (readonly string[])[]
    readonly policies?: readonly ExceptionPolicy[]
    readonly only?: (knobs: Knobs) => boolean
    readonly quietBalancer?: boolean
  } = {},
): fc.Arbitrary<World> {
  const { policies = ['drop', 'reject', 'continue'], only = () => true } = options
  const systems = profileNames().flatMap((profile) => {
    const { knobs } = getProfile(profile)
    const has = only(knobs) ? knobs.policies.value.filter((policy) => policies.includes(policy)) : []
    return has.map((policy) => ({ profile, policy }))
  })
  return fc
    .record({
      system: fc.constantFrom(...systems),
      rules: fc.constantFrom(...(options.rules ?? RULES)),
      sharing: fc.constantFrom('none', 'replication'),
      balancer: fc.constantFrom(...(options.quietBalancer ? LOAD_BALANCERS.slice(0, 3) : LOAD_BALANCERS)),
      steps: steps(options.events ?? true),
    })
    .map(({ system, rules, sharing, balancer, steps: taken }) => ({
      setup: { ...system, rules, sharing, 'load-balancer': balancer },
      steps: taken,
    }))
}

/** Plays a world: load balancer, then engine, as the reference target does. */
export function play(world: World, wrong: Wrong = right, accidents: Accidents = {}): Played {
  const { clientIsn, serverIsn, shift = 0 } = accidents
  const frames = {
    ...(clientIsn === undefined ? {} : { clientIsn }),
    ...(serverIsn === undefined ? {} : { serverIsn }),
  }
  let time = shift * 1e6
  const events: TimedEvent[] = []
  const batch = batchOf(
    world.steps.map(({ way, what, seq, ack, length, gap, event: happening }, before) => {
      time += gap * 1e9
      if (happening !== undefined) events.push({ before, at: time, event: happening })
      return { time, bytes: packet(`${way} ${what} ${seq} ${ack} len=${length}`, frames).bytes }
    }),
  )
  batch.link.fill(Link.ethernet, 0, batch.count)
  new FlowTable().assign(batch)
  const setup = makeSetup(world.setup)
  const engine = new Engine({
    profile: changed(world),
    policy: setup.policy,
    rules: setup.rules,
    hosts: setup.topology.hosts.length,
    sharing: makeSharing(setup.topology.sharing),
  })
  let from = 0
  const resolved = new LoadBalancerPath(setup.topology, 7).assign({ packets: batch, events })
  for (const { before, at, event: happening } of resolved) {
    engine.decide(batch, from, before)
    engine.apply(happening, at)
    from = before
  }
  engine.decide(batch, from, batch.count)
  const played: Played = {
    steps: world.steps,
    batch,
    outcomes: world.steps.map((_, index) => outcomeOf(batch, index)),
    counters: setup.topology.hosts.map((_, host) => engine.counters(host)),
  }
  return wrong(played, world, accidents)
}

function changed({ setup, knobs = {} }: World) {
  const profile = getProfile(setup.profile)
  const values = Object.entries(knobs).map(([name, value]) => [name, { value, mark: 'INF', source: 'test' }])
  return { ...profile, knobs: { ...profile.knobs, ...(Object.fromEntries(values) as Partial<Knobs>) } }
}
