import { Host, Knowledge, Verdict } from '../../model/codes.ts'
import type { Target } from '../../model/target.ts'
import { altered, disposableOnce, once, replays, rerouted, undying, verdicts } from './example-wrong.test.ts'

/** A target that breaks the contract in one way, and a check that tells, in which words. */
export interface Wrong {
  readonly does: string
  readonly target: () => Target
  readonly check: string
  readonly says: string
}

/** What is wrong whatever a target says that it can. */
export const WRONG_BEHAVIOUR: readonly Wrong[] = [
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
]
