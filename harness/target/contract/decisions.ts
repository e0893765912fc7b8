import { Verdict } from '../../model/codes.ts'
import { type Bench, BLOCKED, demandVerdict } from './bench.ts'
import type { Check } from './check.ts'
import { connection, EXCHANGE, OPENING, offer, stray } from './conversation.ts'

/** What any stateful firewall must decide. */
export const DECISIONS: readonly Check[] = [
  {
    name: 'forwards a connection from its opening on',
    run: (bench) =>
      bench.played([{ packets: [...connection(), stray()] }], ({ seen }) => {
        for (const each of seen) demandVerdict(each, [Verdict.forward], `Packet ${each.step} of a connection`)
      }),
  },
  {
    name: 'forwards no ACK of an unknown connection under drop and reject',
    run: async (bench) => {
      for (const policy of ['drop', 'reject'])
        await bench.played(
          [{ packets: [stray()] }],
          ({ seen }) => demandVerdict(seen[0], BLOCKED, `An ACK of an unknown connection under ${policy}`),
          { policy },
        )
    },
  },
  {
    name: 'knows a connection at no other host under sharing none',
    run: (bench) =>
      bench.played(
        [{ packets: connection() }, { packets: [stray({ host: 1 })] }],
        ({ seen }) => demandVerdict(seen[5], BLOCKED, 'An ACK of a connection that another host knows'),
        { hosts: 2, sharing: 'none' },
      ),
  },
  {
    name: 'does not mix flows that are played together',
    run: (bench: Bench) => {
      const [syn, synAck, ack] = OPENING
      if (syn === undefined || synAck === undefined || ack === undefined)
        throw new Error('three packets open')
      const [request, answer] = EXCHANGE.map((segment) => offer([segment]))
      const unknown = (place: { flow: number }) => offer(EXCHANGE.slice(0, 1), place)
      return bench.played(
        [
          { packets: [...offer([syn, synAck]), ...unknown({ flow: 1 })] },
          { packets: [...offer([ack]), ...(request ?? []), ...unknown({ flow: 1 }), ...(answer ?? [])] },
        ],
        ({ seen }) => {
          for (const at of [2, 5])
            demandVerdict(seen[at], BLOCKED, 'A packet of an unknown flow among those of a known one')
          for (const at of [0, 1, 3, 4, 6])
            demandVerdict(
              seen[at],
              [Verdict.forward],
              'A packet of a known flow among those of an unknown one',
            )
        },
      )
    },
  },
]
