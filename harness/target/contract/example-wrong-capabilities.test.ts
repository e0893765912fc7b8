import { Kind, Tunnels, Verdict } from '../../model/codes.ts'
import type { Setup } from '../../model/setup.ts'
import { FEATURES, type Feature } from '../../model/target.ts'
import type { TimelineChunk } from '../../model/timeline.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { altered, verdicts } from './example-wrong.test.ts'
import type { Wrong } from './example-wrong-behaviour.test.ts'

const { capabilities } = altered({})
const without = <T>(list: readonly T[], ...words: readonly T[]) =>
  list.filter((word) => !words.includes(word))

/** A setup without what asks for more than a table and an exception policy. */
function plain({ policy, stateless: _stateless, ...setup }: Setup): Setup {
  const { mode: _mode, resetOnExpiry: _resets, ...rest } = policy
  return { ...setup, rules: [], policy: { ...rest, ruleOrder: 'action', defaultActions: [] } }
}

const IGNORED: { readonly [F in Feature]?: string } = {
  rules: 'A SYN that a rule drops: drop is due, and it is forward',
  'default-actions': 'A SYN under aws:drop_strict: drop is due, and it is forward',
  stateless: 'A SYN that the stateless engine drops: drop is due, and it is forward',
  monitor: 'An ACK of an unknown connection in monitor mode: forward is due, and it is drop',
  'reset-on-expiry': 'A connection expired under reset-on-expiry, and no reset is told of',
}

async function* eventless(chunks: AsyncIterable<TimelineChunk>) {
  for await (const { packets } of chunks) yield { packets, events: [] }
}

/** What is wrong because of what a target says that it can. */
export const WRONG_CAPABILITIES: readonly Wrong[] = [
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
  ...FEATURES.map((feature) => ({
    does: `takes ${feature}, which it lacks`,
    target: () =>
      altered({
        capabilities: {
          features: without(capabilities.features, feature),
          ...(feature === 'own-profile' ? { profiles: ['aws-nfw'] } : {}),
        },
      }),
    check: `has ${feature}, or refuses it`,
    says: `The target lacks ${feature === 'own-profile' ? 'profile contract' : feature} by its capabilities, and prepare does not refuse it`,
  })),
  {
    does: 'judges tunnels as they are',
    target: () =>
      altered({
        chunk: ({ packets }) => {
          packets.tunnels = Tunnels.outer
          decodeBatch(packets)
        },
      }),
    check: 'has inner-tunnels, or refuses it',
    says: 'An ACK of an unknown connection in a tunnel that is looked into: drop or reject is due, and it is forward',
  },
  ...(Object.entries(IGNORED) as [Feature, string][]).map(([feature, says]) => ({
    does: `ignores ${feature}`,
    target: () => altered({ setup: plain }),
    check: `has ${feature}, or refuses it`,
    says,
  })),
  {
    does: 'takes a profile that it lacks',
    target: () => altered({ capabilities: { profiles: ['suricata-7'] } }),
    check: 'can be brought to every profile that it names, and refuses others',
    says: 'The target lacks profile aws-nfw by its capabilities, and prepare does not refuse it',
  },
  {
    does: 'is dead under a profile',
    target: () => altered(verdicts(() => Verdict.drop)),
    check: 'can be brought to every profile that it names, and refuses others',
    says: 'Packet 0 of a connection under profile aws-nfw: forward is due, and it is drop',
  },
]
