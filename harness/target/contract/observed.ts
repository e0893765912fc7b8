import { Reason } from '../../model/codes.ts'
import type { Capabilities, WireFrame } from '../../model/target.ts'
import { verifyChecksums } from '../../wire/forge.ts'
import { type Bench, demand } from './bench.ts'
import { connection, EXCHANGE, offer, stray } from './conversation.ts'
import { play } from './play.ts'

type Observed = Capabilities['observes'][number]

/** What a target must report if it says that it observes something. */
export const OBSERVED: Readonly<Record<Observed, (bench: Bench) => Promise<void>>> = {
  verdict: async () => {},
  reason: (bench) =>
    bench.played([{ packets: [stray()] }], ({ seen }) =>
      demand(
        seen[0]?.reason !== Reason.none,
        'The target says that it tells reasons, and blocks without one.',
      ),
    ),
  emitted: (bench) =>
    bench.with({ policy: 'reject' }, async (session) => {
      const { seen } = await play(session, [{ packets: offer(EXCHANGE.slice(0, 1)) }])
      const reset = seen[0]?.emitted.find(({ kind }) => kind === 'tcp-rst')
      demand(reset !== undefined, 'The target says that it tells what it emits, and rejects without a reset.')
      demand(reset.by === 0, `A reset of host 0 is told to be by ${reset.by}.`)
      demand(
        reset.frame.length > 0 && verifyChecksums(reset.frame, reset.link) !== 'bad',
        'The target rejects with a reset whose checksum is wrong.',
      )
    }),
  counters: (bench) =>
    bench.with({}, async (session) => {
      await play(session, [{ packets: connection() }])
      const [counters] = await session.counters()
      const received = counters?.ReceivedPackets
      demand(
        received !== undefined && received >= 5,
        `5 packets went by host 0, and its counter ReceivedPackets is ${received ?? 'missing'}.`,
      )
    }),
  alterations: (bench) =>
    bench.with({}, async (session) => {
      const seen: WireFrame[] = []
      session.tap?.((frame) => seen.push(frame))
      await play(session, [{ packets: connection() }])
      session.tap?.(undefined)
      const out = seen.filter(({ what, way }) => what === 'packet' && way === 'seen').length
      demand(
        out >= 5,
        `The target says that it sees what is altered, and of a connection of 5 packets it hands over ${out} as they came out.`,
      )
    }),
  'packet-counters': (bench) =>
    bench.with({}, async (session) => {
      const tally = session.tally?.()
      demand(tally !== undefined, 'The target says that its counters follow from packets, and counts none.')
      const { seen } = await play(session, [{ packets: connection() }])
      demand(
        JSON.stringify(tally.read()) !== JSON.stringify(await session.counters()),
        `A count of no packets is as one of the ${seen.length} that were played.`,
      )
    }),
  parts: (bench) =>
    bench.played(
      [{ packets: connection() }, { packets: [stray({ host: 1, gap: 2 })] }],
      ({ seen }) =>
        demand(
          seen.some(({ parts }) => parts.length > 0),
          'The target says that it tells the parts of hosts, and a cluster of it tells of none.',
        ),
      { hosts: 2, sharing: 'cluster' },
    ),
}
