import { expect } from 'chai'
import fc from 'fast-check'
import { NANOS_PER_SECOND } from '../model/batch.ts'
import { Host, Tcp, Verdict } from '../model/codes.ts'
import type { LoadBalancer } from '../model/setup.ts'
import type { HostEvent, TimedEvent } from '../model/timeline.ts'
import { batchOfOffers, HOSTS, NO_RESETS, type Offer, topology } from './example-road.test.ts'
import { LoadBalancerPath } from './load-balancer.ts'

const SETTINGS = { seed: 20_240_801, numRuns: 300 }

const flow = fc.integer({ min: -1, max: 5 })
const direction = fc.constantFrom<0 | 1>(0, 1)
const host = fc.integer({ min: 0, max: HOSTS.length - 1 })

/** A packet `gap` seconds after what came before it. */
const packet = fc.record({
  gap: fc.constantFrom(0, 1, 60, 119, 121, 349, 351),
  flow,
  direction,
  is: fc.constantFrom<NonNullable<Offer['is']>>('tcp', 'tcp', 'tcp6', 'udp', 'unreachable', 'fragment'),
  flags: fc.constantFrom(Tcp.syn, Tcp.syn | Tcp.ack, Tcp.ack, Tcp.rst, Tcp.fin | Tcp.ack),
})
const event: fc.Arbitrary<HostEvent> = fc.oneof(
  fc
    .record({
      kind: fc.constantFrom('drain' as const, 'crash' as const, 'unhealthy' as const),
      host: fc.integer({ min: -1, max: 2 }),
      flow,
      outage: fc.boolean(),
    })
    .map(({ outage, ...left }) => (outage ? { ...left, outage } : left)),
  fc.record({ kind: fc.constant('restore' as const), host: fc.integer({ min: -1, max: 2 }) }),
  fc.record({ kind: fc.constant('restore' as const), host, outage: fc.constant(true as const) }),
  fc.constant({ kind: 'flush' as const }),
  fc.record({
    kind: fc.constant('set-timeout' as const),
    scope: fc.constant('lb' as const),
    tcpIdle: fc.integer({ min: 60, max: 6000 }),
  }),
  fc.record({
    kind: fc.constant('fill-table' as const),
    scope: fc.constant('lb' as const),
    lasts: fc.constantFrom(NANOS_PER_SECOND, 200 * NANOS_PER_SECOND),
  }),
  fc.record({
    kind: fc.constant('steer' as const),
    flow,
    direction: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    host: fc.oneof(host, fc.constant(Host.bypass)),
  }),
  fc.constant({ kind: 'return' as const }),
)
const knobs = fc
  .record({
    placement: fc.constantFrom<LoadBalancer['placement']>('first', 'hash'),
    nonSynMiss: fc.constantFrom<LoadBalancer['nonSynMiss']>('forward', 'drop', 'reset'),
    failover: fc.constantFrom<LoadBalancer['failover']>('rebalance', 'no_rebalance'),
    resetOn: fc.record({ idle: fc.boolean(), unhealthy: fc.boolean(), deregistration: fc.boolean() }),
    more: fc.record(
      {
        stickiness: fc.constantFrom<NonNullable<LoadBalancer['stickiness']>>('5-tuple', '3-tuple', '2-tuple'),
        capacity: fc.integer({ min: 1, max: 4 }),
        deregistrationDelay: fc.constantFrom(0, 100),
        zones: fc.boolean().map((crossZone) => ({ hosts: ['a', 'b', 'b'], client: 'b', crossZone })),
        allUnhealthy: fc.constantFrom<NonNullable<LoadBalancer['allUnhealthy']>>('open', 'closed'),
        mtu: fc.constantFrom(1280, 40),
        hostMtu: fc.constantFrom(1500, 110),
        hostTcpEstablished: fc.constantFrom(60, 350),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ more, ...own }): Partial<LoadBalancer> => ({ ...own, ...more }))
const story = fc.array(fc.oneof({ weight: 5, arbitrary: packet }, { weight: 1, arbitrary: event }), {
  maxLength: 40,
})

type Step = (Omit<Offer, 'at'> & { readonly gap: number }) | HostEvent

/** Plays a story with chunks that end at the given places; answers every packet's columns and all events' hosts. */
function play(path: LoadBalancerPath, steps: readonly Step[], cuts: ReadonlySet<number>) {
  const answers: number[][] = []
  const hosts: number[] = []
  let now = 0
  let offers: Offer[] = []
  let events: TimedEvent[] = []
  const flush = () => {
    const packets = batchOfOffers(offers)
    for (const { event } of path.assign({ packets, events })) hosts.push('host' in event ? event.host : -1)
    for (let i = 0; i < packets.count; i++)
      answers.push([
        packets.host[i] ?? 0,
        packets.verdict[i] ?? 0,
        packets.reason[i] ?? 0,
        packets.emitted.filter(({ cause }) => cause === i).length,
      ])
    offers = []
    events = []
  }
  steps.forEach((step, index) => {
    if (cuts.has(index)) flush()
    if ('kind' in step) {
      events.push({ before: offers.length, at: now * NANOS_PER_SECOND, event: step })
      return
    }
    now += step.gap
    offers.push({ ...step, at: now })
  })
  flush()
  return { answers, hosts, counters: path.counters() }
}

const NO_CUTS = new Set<number>()

describe('path/load-balancer, whatever happens', () => {
  it('absorbs with a verdict and a reason, bypasses with its own, and leaves the rest to the hosts', () => {
    fc.assert(
      fc.property(story, knobs, (steps, knob) => {
        const { answers } = play(new LoadBalancerPath(topology(knob), 1), steps, NO_CUTS)
        for (const [at = 0, verdict = 0, reason = 0, resets = 0] of answers) {
          if (at === Host.path) {
            expect([verdict, resets]).to.deep.equal([Verdict.drop, 0])
            expect(reason).to.be.greaterThan(0)
          } else if (at === Host.loadBalancer) {
            expect(verdict).to.be.oneOf([Verdict.drop, Verdict.reject])
            expect(reason).to.be.greaterThan(0)
            expect(resets).to.equal(verdict === Verdict.reject ? 1 : 0)
          } else {
            expect(resets).to.equal(0)
            if (at === Host.bypass) expect(verdict).to.equal(Verdict.forward)
            else expect([at < HOSTS.length, verdict]).to.deep.equal([true, Verdict.undecided])
          }
        }
      }),
      SETTINGS,
    )
  })

  it('does not depend on where chunks end', () => {
    fc.assert(
      fc.property(story, knobs, fc.array(fc.nat(40)), (steps, knob, cuts) => {
        const whole = play(new LoadBalancerPath(topology(knob), 1), steps, NO_CUTS)
        const cut = play(new LoadBalancerPath(topology(knob), 1), steps, new Set(cuts))
        expect(cut).to.deep.equal(whole)
      }),
      SETTINGS,
    )
  })

  it('is after a reset as it was when made', () => {
    fc.assert(
      fc.property(story, story, knobs, (before, steps, knob) => {
        const used = new LoadBalancerPath(topology(knob), 1)
        play(used, before, NO_CUTS)
        used.reset()
        expect(play(used, steps, NO_CUTS)).to.deep.equal(
          play(new LoadBalancerPath(topology(knob), 1), steps, NO_CUTS),
        )
      }),
      SETTINGS,
    )
  })

  it('keeps every flow with one host while nothing happens', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), knobs, (steps, knob) => {
        const { capacity: _, mtu: __, hostMtu: ___, ...room } = knob
        const path = new LoadBalancerPath(topology({ ...room, nonSynMiss: 'forward', resetOn: NO_RESETS }), 1)
        const quick = steps.map((step) => ({ ...step, gap: 1, is: 'tcp' as const }))
        const { answers } = play(path, quick, NO_CUTS)
        const hosts = new Map<number, number>()
        quick.forEach((step, i) => {
          const at = answers[i]?.[0] ?? Host.unknown
          expect(at).to.be.below(HOSTS.length)
          if (step.flow >= 0) expect(hosts.get(step.flow) ?? at).to.equal(at)
          hosts.set(step.flow, at)
        })
      }),
      SETTINGS,
    )
  })
})
