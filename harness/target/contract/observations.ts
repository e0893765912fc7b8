import { Host, Knowledge, nameOf, Reason, Verdict } from '../../model/codes.ts'
import { BLOCKED, demand, demandVerdict } from './bench.ts'
import type { Check } from './check.ts'
import { connection, EXCHANGE, OPENING, offer, stray } from './conversation.ts'
import type { Played } from './play.ts'

const ABSORBED = {
  host: Host.loadBalancer,
  decided: { verdict: Verdict.drop, reason: Reason['not in flow table'] },
}
const BYPASSING = { host: Host.bypass, decided: { verdict: Verdict.forward, reason: Reason.bypass } }

/** What a target must give back about the packets that it is given. */
export const OBSERVATIONS: readonly Check[] = [
  {
    name: 'gives exactly one observation a packet, in step order',
    run: (bench) =>
      bench.played(
        [{ packets: offer(OPENING) }, { packets: offer(EXCHANGE) }, { packets: [stray({ flow: 1 })] }],
        ({ seen, offered }) => {
          const steps = seen.map(({ step }) => step)
          demand(
            steps.length === offered.length,
            `${offered.length} packets were offered, and ${steps.length} were observed.`,
          )
          demand(
            steps.every((step, at) => step === at),
            `Packets were offered as 0, 1, 2, …, and observed as ${steps.join(', ')}.`,
          )
        },
      ),
  },
  {
    name: 'gives packets back as it got them',
    run: (bench) =>
      bench.played([{ packets: connection() }, { packets: [stray({ flow: 1 })] }], demandUntouched),
  },
  {
    name: 'leaves alone what the load balancer absorbed or let bypass, and does not send it',
    run: (bench) =>
      bench.played(
        [{ packets: [...offer(OPENING, BYPASSING), ...offer(EXCHANGE, ABSORBED)] }, { packets: [stray()] }],
        (played) => {
          demandUntouched(played)
          played.seen.slice(0, 5).forEach(({ verdict, reason, by }, at) => {
            const { host, decided } = at < OPENING.length ? BYPASSING : ABSORBED
            const what =
              at < OPENING.length ? 'A packet that bypasses' : 'A packet that the load balancer absorbed'
            demand(
              verdict === decided.verdict && reason === decided.reason,
              `${what} was decided before: ${nameOf(Verdict, decided.verdict)}, ${nameOf(Reason, decided.reason)}; after the replay it is ${nameOf(Verdict, verdict)}, ${nameOf(Reason, reason)}.`,
            )
            const decider = host === Host.bypass ? Host.path : Host.loadBalancer
            demand(by === decider, `${what} is decided by ${nameOf(Host, decider)}, and told to be by ${by}.`)
          })
          demandVerdict(played.seen[5], BLOCKED, 'An ACK of a connection whose opening went past the host')
        },
      ),
  },
  {
    name: 'says of each verdict who gave it and how it is known',
    run: (bench) =>
      bench.played([{ packets: [...connection(), stray({ flow: 1 })] }], ({ seen }) => {
        const known: readonly number[] = [Knowledge.self, Knowledge.log, Knowledge.wire]
        for (const { step, verdict, by, knowledge } of seen) {
          demand(
            verdict !== Verdict.undecided,
            `Packet ${step} is undecided, and nothing has disturbed the target.`,
          )
          demand(known.includes(knowledge), `Packet ${step} was played, and is told not to have been.`)
          demand(by === 0, `Packet ${step} went by host 0, and its verdict is told to be by ${by}.`)
        }
      }),
  },
  {
    name: 'takes a timeline without chunks',
    run: (bench) =>
      bench.played([], ({ seen }) =>
        demand(seen.length === 0, `Nothing was offered, and ${seen.length} packets were observed.`),
      ),
  },
  {
    name: 'takes chunks without packets',
    run: (bench) => {
      const kind = (['return', 'flush'] as const).find((each) => bench.capabilities.events.includes(each))
      const alone = { events: kind === undefined ? [] : [{ kind }], packets: [] }
      return bench.played([alone, { packets: connection() }, alone], ({ seen }) => {
        demand(seen.length === 5, `5 packets were offered between empty chunks, and ${seen.length} observed.`)
        for (const each of seen) demandVerdict(each, [Verdict.forward], 'A packet between empty chunks')
      })
    },
  },
]

/** Demands that a batch comes back as it was offered, except for the columns that the target fills. */
function demandUntouched({ seen, offered }: Played): void {
  for (const [at, { untouched }] of seen.entries()) {
    const before = offered[at] ?? ''
    if (untouched === before) continue
    const was = before.split(', ')
    const changed = untouched.split(', ').find((part, column) => part !== was[column])
    const name = changed?.split(' ', 1)[0] ?? ''
    demand(
      false,
      `Packet ${at} came back with ${changed}, which was ${was.find((part) => part.startsWith(`${name} `))}: it is not the target's to write.`,
    )
  }
}
