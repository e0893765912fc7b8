import { expect } from 'chai'
import fc from 'fast-check'
import { Host, Tcp } from '../model/codes.ts'
import { getProfile, type Knobs } from '../profile/index.ts'
import { Lab } from './example-engine.test.ts'
import {
  BY_POLICY,
  byHosts,
  counts,
  drops,
  invariant,
  RUNS,
  SEED,
  sendsMore,
} from './example-invariant.test.ts'
import { play, REJECT_RULE, right, type Step, steps, worlds } from './example-world.test.ts'

const marksFlows = ({ missScope }: Knobs) => missScope.value === 'flow'

describe(`engine: invariants (seed ${SEED})`, () => {
  invariant({
    says: '(a) no RST answers a RST, whatever rejects it',
    over: worlds({ rules: [[], REJECT_RULE] }).map((world) => ({
      ...world,
      knobs: { rstOnMiss: 'policy' as const },
    })),
    holds: (world, wrong) => {
      const { batch } = play(world, wrong)
      for (const { cause } of batch.emitted)
        expect(cause < 0 ? 0 : (batch.flags[cause] ?? 0) & Tcp.rst).to.equal(0)
    },
    wrong: {
      says: 'answers resets',
      engine: sendsMore(({ batch }, index) => ((batch.flags[index] ?? 0) & Tcp.rst) !== 0),
    },
  })

  invariant({
    says: '(b) one policy reset a flow entry and host: none follows before a fresh SYN or a silence of a time-out',
    over: worlds({ policies: ['reject'], only: marksFlows }),
    holds: (world, wrong) => {
      const played = play(world, wrong)
      const last = new Map<number, number>()
      const { tcpNew } = getProfile(world.setup.profile).knobs
      for (const emitted of byHosts(played)) {
        const { cause, by } = emitted
        if (!/midstream|flow drop/.test(played.outcomes[cause] ?? '')) continue
        const between = world.steps.slice((last.get(by) ?? -1) + 1, cause + 1)
        const anew = between.some(
          ({ what, gap, event }) => gap >= tcpNew.value || what === 'S' || event?.kind === 'crash',
        )
        if (last.has(by)) expect(anew, `resets about ${last.get(by)} and ${cause}`).to.equal(true)
        last.set(by, cause)
      }
    },
    wrong: {
      says: 'rejects marked flows again',
      engine: sendsMore(({ outcomes }, index) => outcomes[index] === 'drop flow drop'),
    },
  })

  invariant({
    says: '(c) a reset to the sender starts at what the sender acknowledged, at 0 where it acknowledged nothing',
    over: worlds({ rules: [[], REJECT_RULE] }),
    holds: (world, wrong) => {
      const { batch } = play(world, wrong)
      for (const { cause, to, seq } of batch.emitted) {
        if (to !== 'sender') continue
        expect(seq).to.equal(batch.view.getUint32((batch.l4[cause] ?? 0) + 8))
      }
    },
    wrong: {
      says: 'counts one more',
      engine: (played) => {
        const more = played.batch.emitted.map((each) => ({ ...each, seq: each.seq + 1 }))
        played.batch.emitted.splice(0, more.length, ...more)
        return played
      },
    },
  })

  invariant({
    says: '(d) drop and continue send nothing',
    over: worlds({ policies: ['drop', 'continue'] }),
    holds: (world, wrong) => {
      expect(byHosts(play(world, wrong))).to.deep.equal([])
    },
    wrong: {
      says: 'tells whom it drops',
      engine: sendsMore(
        ({ outcomes, batch }, index) =>
          outcomes[index] === 'drop stream midstream' && (batch.host[index] ?? 255) < Host.unknown,
      ),
    },
  })

  const SYN_RULES = [[], ['drop tcp any any -> any any (flags:S; sid:1;)']]
  invariant({
    says: '(e) a SYN on a marked flow is judged by the rules; suricata-6.0.9 waits for one from the server',
    over: fc.record({
      world: worlds({ events: false, rules: SYN_RULES, policies: ['drop', 'reject'], quietBalancer: true }),
      between: steps(false).map((all) => all.filter(({ what, gap }) => !what.startsWith('S') && gap < 5)),
      way: fc.constantFrom<Step['way']>('>', '<'),
    }),
    holds: ({ world, between, way }, wrong) => {
      const mark: Step = { way: '>', what: 'A', seq: 1, ack: 1, length: 0, gap: 0 }
      const syn: Step = { way, what: 'S', seq: 90, ack: 0, length: 0, gap: 0 }
      const setup = { ...world.setup, 'load-balancer': {} }
      const { outcomes } = play({ setup, steps: [mark, ...between, syn] }, wrong)
      const waits = world.setup.profile === 'suricata-6.0.9' && way === '>'
      const byRules = world.setup.rules?.length === 0 ? 'forward' : 'drop rules'
      expect(outcomes.at(-1)).to.equal(waits ? 'drop flow drop' : byRules)
    },
    wrong: {
      says: 'keeps its marks',
      engine: drops(({ steps: taken }, index) => taken[index]?.what === 'S'),
    },
  })

  invariant({
    says: '(f) after a drain with perfect replication, everything is as if nothing had happened',
    over: fc.record({ world: worlds({ events: false, quietBalancer: true }), cut: fc.nat(20) }),
    holds: ({ world, cut }, wrong) => {
      const knobs = { importLiberal: false, dropMarkReplicated: true }
      const setup = { ...world.setup, sharing: 'replication', 'load-balancer': {} }
      const straight = play({ setup, knobs, steps: world.steps }, right)
      const drained: readonly Step[] = world.steps.map((step, index) =>
        index === cut && cut > 0
          ? { ...step, gap: step.gap, event: { kind: 'drain', host: 0, flow: -1 } }
          : step,
      )
      const swapped = play({ setup, knobs, steps: drained }, wrong)
      expect(swapped.outcomes).to.deep.equal(straight.outcomes)
    },
    wrong: {
      says: 'replicates nothing',
      engine: (_, world) => play({ ...world, setup: { ...world.setup, sharing: 'none' } }),
    },
  })

  it('(f) holds for well-formed connections too where replication is liberal', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.constantFrom('drop', 'reject', 'continue'), (cut, exception) => {
        const lines = Array.from({ length: 20 }, (_, n) => [
          `> PA ${1 + n * 10} ${1 + n * 20} len=10 @${n}`,
          `< PA ${1 + n * 20} ${11 + n * 10} len=20 @${n}`,
        ]).flat()
        const close = ['> FA 201 401 @21', '< FA 401 202 @21', '> A 202 402 @21']
        const all = ['> S 0', '< SA 0 1', '> A 1 1', ...lines, ...close]
        const straight = new Lab({ exception }).play(...all)
        const lab = new Lab({ exception, sharing: 'replication' })
        const before = lab.play(...all.slice(0, cut))
        lab.engine.apply({ kind: 'drain', host: 0, flow: -1 }, 20e9)
        const after = lab.play(...all.slice(cut).map((line) => `${line} host=1`))
        if (cut > 0) expect([...before, ...after]).to.deep.equal(straight)
      }),
      RUNS,
    )
  })

  invariant({
    says: '(g) the exception counter counts invocations of the policy, of which its rejects are some',
    over: worlds(),
    holds: (world, wrong) => {
      const played = play(world, wrong)
      for (const [
        host,
        { RejectedPackets = 0, StreamExceptionPolicyPackets = 0 },
      ] of played.counters.entries()) {
        expect(RejectedPackets).to.be.at.most(StreamExceptionPolicyPackets)
        const invoked = played.outcomes.filter(
          (outcome, index) => played.batch.host[index] === host && BY_POLICY.test(outcome),
        )
        if (world.setup.policy === 'continue')
          expect(StreamExceptionPolicyPackets).to.be.at.least(invoked.length)
        else expect(StreamExceptionPolicyPackets).to.equal(invoked.length)
      }
    },
    wrong: {
      says: 'does not count them',
      engine: counts((counters) => ({ ...counters, StreamExceptionPolicyPackets: 0 })),
    },
  })

  invariant({
    says: '(h) every packet received is in exactly one of the other counters',
    over: worlds({ rules: [[], REJECT_RULE] }),
    holds: (world, wrong) => {
      for (const counters of play(world, wrong).counters) {
        const of = (kind: string) => counters[`${kind}Packets`] ?? 0
        const once = of('Passed') + of('Dropped') + of('Rejected') + of('InvalidDropped') + of('OtherDropped')
        expect(once).to.equal(of('Received'))
      }
    },
    wrong: {
      says: 'counts a reject as a drop too',
      engine: counts((counters) => ({
        ...counters,
        DroppedPackets: (counters.DroppedPackets ?? 0) + (counters.RejectedPackets ?? 0),
      })),
    },
  })

  invariant({
    says: '(i) what the load balancer absorbs, or what goes round it, reaches no counter of a firewall',
    over: worlds(),
    holds: (world, wrong) => {
      const { counters, batch } = play(world, wrong)
      for (const [host, { ReceivedPackets }] of counters.entries())
        expect(ReceivedPackets).to.equal(
          batch.host.subarray(0, batch.count).filter((at) => at === host).length,
        )
    },
    wrong: {
      says: 'counts all',
      engine: (played) => ({
        ...played,
        counters: played.counters.map((each, host) =>
          host === 0 ? { ...each, ReceivedPackets: played.batch.count } : each,
        ),
      }),
    },
  })

  // A RST that refuses has the sequence number 0 itself, not one relative to anything. Of a FIN without ACK Suricata takes the
  // acknowledgement number all the same, which then is an absolute 0.
  const countable = worlds().map((world) => ({
    ...world,
    steps: world.steps.filter(({ what }) => !/^R|^S?F$/.test(what)),
  }))
  const isn = fc.integer({ min: 200_000, max: 4_294_000_000 })
  invariant({
    says: '(j) verdicts depend neither on initial sequence numbers nor on names of hosts nor on when it is',
    over: fc.record({
      world: countable,
      clientIsn: isn,
      serverIsn: isn,
      shift: fc.nat(100_000_000),
      names: fc.constantFrom(['fw-a', 'fw-b'], ['north', 'south'], ['b', 'a']),
    }),
    holds: ({ world, clientIsn, serverIsn, shift, names }, wrong) => {
      const continuous = getProfile(world.setup.profile).knobs.expiry.value === 'continuous'
      const whole = continuous ? shift : Math.floor(shift / 1000) * 1000
      const moved = { ...world, setup: { ...world.setup, hosts: names } }
      const here = play(world, wrong, { clientIsn: 1_000_000, serverIsn: 2_000_000 })
      const there = play(moved, wrong, { clientIsn, serverIsn, shift: whole })
      expect(there.outcomes).to.deep.equal(here.outcomes)
    },
    wrong: {
      says: 'goes by the hour',
      engine: drops((_, index, __, shift) => index === 0 && shift > 3_600_000),
    },
  })

  it('(j) is not so of a shift by half a second on a clock of whole seconds', () => {
    const half = (shift: number) => {
      const at = (what: string, gap: number): Step => ({ way: '>', what, seq: 1, ack: 1, length: 0, gap })
      const handshake: Step[] = [{ ...at('S', 0), seq: 0 }, { ...at('SA', 0), way: '<', seq: 0 }, at('A', 0)]
      const setup = { profile: 'aws-nfw', policy: 'drop' } as const
      return play({ setup, steps: [...handshake, at('A', 350.5)] }, right, { shift }).outcomes.at(-1)
    }
    expect([half(0), half(1000), half(500)]).to.deep.equal(['forward', 'forward', 'drop stream midstream'])
  })
})
