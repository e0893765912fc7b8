import { expect } from 'chai'
import { Host, Kind, Knowledge, Verdict } from '../model/codes.ts'
import type { Target } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { Bench } from './contract/bench.ts'
import { CHECKS } from './contract.ts'
import { altered, disposableOnce, once, replays, rerouted, undying, verdicts } from './example-wrong.test.ts'

/** A target that breaks the contract in one way, and a check that tells, in which words. */
interface Wrong {
  readonly does: string
  readonly target: () => Target
  readonly check: string
  readonly says: string
}

const { capabilities } = altered({})
const without = <T>(list: readonly T[], ...words: readonly T[]) =>
  list.filter((word) => !words.includes(word))

const WRONG: readonly Wrong[] = [
  {
    does: 'answers twice',
    target: () => altered(replays.twice),
    check: 'gives exactly one observation a packet, in step order',
    says: '6 packets were offered, and 12 were observed',
  },
  {
    does: 'numbers steps anew',
    target: () => altered({ observed: ({ packets }) => packets.step.fill(0) }),
    check: 'gives exactly one observation a packet, in step order',
    says: 'observed as 0, 0, 0, 0, 0, 0',
  },
  {
    does: 'writes times',
    target: () => altered({ observed: ({ packets }) => packets.time.fill(7) }),
    check: 'gives packets back as it got them',
    says: 'Packet 0 came back with time 7, which was time 2000000',
  },
  {
    does: 'writes into frames',
    target: () => altered({ observed: ({ packets }) => packets.bytes.fill(7, 60, 61) }),
    check: 'gives packets back as it got them',
    says: 'came back with frame',
  },
  {
    does: 'decides what bypasses',
    target: () =>
      altered({ observed: ({ packets }) => packets.verdict.fill(Verdict.drop, 0, packets.count) }),
    check: 'leaves alone what the load balancer absorbed or let bypass, and does not send it',
    says: 'A packet that bypasses was decided before: forward, bypass; after the replay it is drop, bypass',
  },
  {
    does: 'says that it decided what bypasses',
    target: () => altered({ observed: ({ by }) => by.fill(0) }),
    check: 'leaves alone what the load balancer absorbed or let bypass, and does not send it',
    says: 'A packet that bypasses is decided by path, and told to be by 0',
  },
  {
    does: 'sends what bypasses',
    target: () => altered(rerouted(Host.bypass, 0)),
    check: 'leaves alone what the load balancer absorbed or let bypass, and does not send it',
    says: 'whose opening went past the host: drop or reject is due, and it is forward',
  },
  {
    does: 'says that nothing was played',
    target: () => altered({ observed: ({ knowledge }) => knowledge.fill(Knowledge.notRun) }),
    check: 'says of each verdict who gave it and how it is known',
    says: 'Packet 0 was played, and is told not to have been',
  },
  {
    does: 'names the wrong host',
    target: () => altered({ observed: ({ by }) => by.fill(1) }),
    check: 'says of each verdict who gave it and how it is known',
    says: 'Packet 0 went by host 0, and its verdict is told to be by 1',
  },
  {
    does: 'does not decide',
    target: () => altered(verdicts(() => Verdict.undecided)),
    check: 'says of each verdict who gave it and how it is known',
    says: 'Packet 0 is undecided',
  },
  {
    does: 'observes before anything is offered',
    target: () => altered(replays.eager),
    check: 'takes a timeline without chunks',
    says: 'Nothing was offered, and 1 packets were observed',
  },
  {
    does: 'ends at a chunk without packets',
    target: () => altered(replays.doneAtEmptyChunk),
    check: 'takes chunks without packets',
    says: '5 packets were offered between empty chunks, and 0 observed',
  },
  {
    does: 'drops everything',
    target: () => altered(verdicts(() => Verdict.drop)),
    check: 'forwards a connection from its opening on',
    says: 'Packet 0 of a connection: forward is due, and it is drop',
  },
  {
    does: 'forwards everything',
    target: () => altered(verdicts(() => Verdict.forward)),
    check: 'forwards no ACK of an unknown connection under drop and reject',
    says: 'An ACK of an unknown connection under drop: drop or reject is due, and it is forward',
  },
  {
    does: 'has one table for all hosts',
    target: () => altered(rerouted(1, 0)),
    check: 'knows a connection at no other host under sharing none',
    says: 'An ACK of a connection that another host knows: drop or reject is due, and it is forward',
  },
  {
    does: 'gives a whole chunk its first verdict',
    target: () =>
      altered(verdicts((real, index, { packets }) => (index === 0 ? real : (packets.verdict[0] ?? 0)))),
    check: 'does not mix flows that are played together',
    says: 'A packet of an unknown flow among those of a known one: drop or reject is due, and it is forward',
  },
  {
    does: 'keeps its table at reset()',
    target: () => {
      let counted = false
      return altered({
        session: () => ({
          reset: async () => {
            counted = true
          },
          counters: async () => (counted ? [{}, {}] : [{ ReceivedPackets: 5 }, {}]),
        }),
      })
    },
    check: 'forgets connections and counts from zero after reset()',
    says: 'An ACK of a connection after reset(): drop or reject is due, and it is forward',
  },
  {
    does: 'keeps its counters at reset()',
    target: () => altered({ session: () => ({ counters: async () => [{ ReceivedPackets: 5 }, {}] }) }),
    check: 'forgets connections and counts from zero after reset()',
    says: 'After reset() the counter ReceivedPackets is 5',
  },
  {
    does: 'counts at one host',
    target: () => altered({ session: () => ({ counters: async () => [{}] }) }),
    check: 'has counters for each host',
    says: 'The setup has 2 hosts, and counters() answers for 1',
  },
  {
    does: 'keeps its session from one preparation to the next',
    target: undying,
    check: 'can be prepared again, with empty tables',
    says: 'in a session after the one that knew it: drop or reject is due, and it is forward',
  },
  {
    does: 'goes on when it is told to stop',
    target: () => altered(replays.deafToStop),
    check: 'ends a replay soon, and with the reason, when it is told to stop',
    says: 'pulled 100 more chunks',
  },
  {
    does: 'ends in silence when it is told to stop',
    target: () => altered(replays.quietAtStop),
    check: 'ends a replay soon, and with the reason, when it is told to stop',
    says: 'ended as if it were done',
  },
  {
    does: 'hides what breaks its timeline',
    target: () => altered(replays.quietAtBreak),
    check: 'passes on what breaks its timeline, and can be prepared after it',
    says: 'ended as if all were well',
  },
  {
    does: 'can be prepared once',
    target: once,
    check: 'passes on what breaks its timeline, and can be prepared after it',
    says: 'device busy',
  },
  {
    does: 'throws at its second end',
    target: () => altered(disposableOnce),
    check: 'can be disposed of twice',
    says: 'already disposed of',
  },
  {
    does: 'always continues',
    target: () =>
      altered({ setup: (setup) => ({ ...setup, policy: { ...setup.policy, exception: 'continue' } }) }),
    check: 'has the policy drop, or refuses it',
    says: 'Data of an unknown connection under drop: drop is due, and it is forward',
  },
  ...(['reject', 'continue'] as const).map((policy) => ({
    does: `drops under ${policy}`,
    target: () =>
      altered({ setup: (setup) => ({ ...setup, policy: { ...setup.policy, exception: 'drop' as const } }) }),
    check: `has the policy ${policy}, or refuses it`,
    says: `Data of an unknown connection under ${policy}: ${policy === 'reject' ? 'reject' : 'forward'} is due, and it is drop`,
  })),
  {
    does: 'takes a policy that it lacks',
    target: () => altered({ capabilities: { policies: without(capabilities.policies, 'drop') } }),
    check: 'has the policy drop, or refuses it',
    says: 'The target lacks policy drop by its capabilities, and prepare does not refuse it',
  },
  {
    does: 'refuses what it lacks without a sentence',
    target: () =>
      altered({
        capabilities: { policies: without(capabilities.policies, 'drop') },
        target: {
          prepare: async () => {
            throw new Error('no')
          },
        },
      }),
    check: 'has the policy drop, or refuses it',
    says: 'prepare refuses it with "no": throw a FlowbreakError with a sentence',
  },
  ...(['none', 'replication', 'cluster', 'store', 'sync', 'snat'] as const).map((sharing) => ({
    does: `takes sharing ${sharing}, which it lacks`,
    target: () => altered({ capabilities: { sharing: [] } }),
    check: `has the sharing ${sharing}, or refuses it`,
    says: `The target lacks sharing ${sharing} by its capabilities, and prepare does not refuse it`,
  })),
  {
    does: 'is dead under a sharing',
    target: () => altered(verdicts(() => Verdict.drop)),
    check: 'has the sharing sync, or refuses it',
    says: 'Packet 0 of a connection under sharing sync: forward is due, and it is drop',
  },
  {
    does: 'takes more hosts than it has',
    target: () => altered({ capabilities: { hosts: 2 } }),
    check: 'has as many hosts as it says, each with a table of its own, and refuses one more',
    says: 'The target lacks 3 hosts by its capabilities, and prepare does not refuse it',
  },
  {
    does: 'is deaf at its third host',
    target: () =>
      altered(verdicts((real, index, { packets }) => (packets.host[index] === 2 ? Verdict.drop : real))),
    check: 'has as many hosts as it says, each with a table of its own, and refuses one more',
    says: 'Packet 10 of a connection at a host of its own: forward is due, and it is drop',
  },
  {
    does: 'is deaf to IPv6',
    target: () =>
      altered(
        verdicts((real, index, { packets }) => (packets.kind[index] === Kind.tcp6 ? Verdict.drop : real)),
      ),
    check: 'plays every family that it names',
    says: 'Packet 0 of a connection over ipv6: forward is due, and it is drop',
  },
  ...(['crash', 'set-timeout'] as const).map((kind) => ({
    does: `does not hear of ${kind}`,
    target: () =>
      altered({
        capabilities: { events: [kind] },
        session: (session) => ({
          replay: (timeline, signal) =>
            session.replay({ ...timeline, chunks: eventless(timeline.chunks) }, signal),
        }),
      }),
    check: 'plays every event that it names',
    says: `An ACK of a connection after ${kind}: drop or reject is due, and it is forward`,
  })),
  {
    does: 'tells no reason',
    target: () => altered({ observed: ({ packets }) => packets.reason.fill(0) }),
    check: 'tells what it says that it observes',
    says: 'tells reasons, and blocks without one',
  },
  {
    does: 'tells nothing that it emits',
    target: () =>
      altered({
        observed: ({ packets }) => {
          packets.emitted.length = 0
        },
      }),
    check: 'tells what it says that it observes',
    says: 'rejects without a reset',
  },
  {
    does: 'emits damaged resets',
    target: () =>
      altered({
        observed: ({ packets }) => {
          for (const { frame } of packets.emitted) frame.fill(7, 38, 40)
        },
      }),
    check: 'tells what it says that it observes',
    says: 'rejects with a reset whose checksum is wrong',
  },
  {
    does: 'counts nothing',
    target: () => altered({ session: () => ({ counters: async () => [{}, {}] }) }),
    check: 'tells what it says that it observes',
    says: 'its counter ReceivedPackets is missing',
  },
  {
    does: 'tells no parts',
    target: () =>
      altered({
        observed: ({ packets }) => {
          packets.parts.length = 0
        },
      }),
    check: 'tells what it says that it observes',
    says: 'a cluster of it tells of none',
  },
]

async function* eventless(chunks: AsyncIterable<TimelineChunk>) {
  for await (const { packets } of chunks) yield { packets, events: [] }
}

describe('target/contract', () => {
  for (const { does, target, check: name, says } of WRONG)
    it(`tells a target that ${does}`, async () => {
      const check = CHECKS.find((each) => each.name === name)
      const thrown = await check?.run(new Bench(target())).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(thrown).to.be.an('error').with.property('message').that.contains(says)
    })

  it('has a wrong target for each of its checks', () => {
    const told = new Set(WRONG.map(({ check }) => check))
    expect(CHECKS.map(({ name }) => name).filter((name) => !told.has(name))).to.deep.equal([])
  })
})
