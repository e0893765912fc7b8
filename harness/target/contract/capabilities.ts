import { Verdict } from '../../model/codes.ts'
import type { ExceptionPolicy } from '../../model/setup.ts'
import { FEATURES } from '../../model/target.ts'
import { profileNames } from '../../profile/index.ts'
import { POLICIES, SHARINGS } from '../../suite/words.ts'
import { BLOCKED, demandVerdict, hasPolicy } from './bench.ts'
import type { Check } from './check.ts'
import { connection, EXCHANGE, offer, stray } from './conversation.ts'
import { playEvents } from './events.ts'
import { playFeature } from './features.ts'
import { OBSERVED } from './observed.ts'
import { type Played, play } from './play.ts'

/** The verdict of the first packet of an unknown connection. */
const BY_POLICY: Readonly<Record<ExceptionPolicy, number>> = {
  drop: Verdict.drop,
  reject: Verdict.reject,
  continue: Verdict.forward,
}

/** A target does what it says it can, and refuses what it lacks. */
export const CAPABILITIES: readonly Check[] = [
  ...POLICIES.map(
    (policy): Check => ({
      name: `has the policy ${policy}, or refuses it`,
      run: (bench) =>
        bench.with({ policy }, async (session) => {
          const { seen } = await play(session, [{ packets: offer(EXCHANGE.slice(0, 1)) }])
          demandVerdict(seen[0], [BY_POLICY[policy]], `Data of an unknown connection under ${policy}`)
        }),
    }),
  ),
  ...SHARINGS.map(
    (sharing): Check => ({
      name: `has the sharing ${sharing}, or refuses it`,
      run: (bench) =>
        bench.played([{ packets: connection() }], forwarded(`under sharing ${sharing}`), {
          hosts: 2,
          sharing,
        }),
    }),
  ),
  {
    name: 'has as many hosts as it says, each with a table of its own, and refuses one more',
    run: async (bench) => {
      const most = Math.min(bench.capabilities.hosts, 4)
      const opened = Array.from({ length: most }, (_, host) => connection({ host, flow: host }))
      await bench.played([{ packets: opened.flat() }], forwarded('at a host of its own'), { hosts: most })
      if (bench.capabilities.hosts < 250)
        await bench.with({ hosts: bench.capabilities.hosts + 1 }, async () => {})
    },
  },
  ...FEATURES.map(
    (feature): Check => ({
      name: `has ${feature}, or refuses it`,
      run: (bench) => playFeature(bench, feature),
    }),
  ),
  {
    name: 'can be brought to every profile that it names, and refuses others',
    run: async (bench) => {
      const { policies, profiles } = bench.capabilities
      for (const profile of profiles === 'any' ? profileNames() : profiles)
        for (const policy of policies.filter((each) => hasPolicy(profile, each)))
          await bench.played([{ packets: connection() }], forwarded(`under profile ${profile}`), {
            profile,
            policy,
          })
      const other = profileNames().find((profile) => profiles !== 'any' && !profiles.includes(profile))
      if (other !== undefined) await bench.with({ profile: other }, async () => {})
    },
  },
  {
    name: 'plays every family that it names',
    run: (bench) =>
      bench.with({}, async (session) => {
        for (const family of bench.capabilities.families) {
          const { seen } = await play(session, [
            { packets: [...connection({ family }), stray({ family, flow: 1 })] },
          ])
          for (const each of seen.slice(0, 5))
            demandVerdict(each, [Verdict.forward], `Packet ${each.step} of a connection over ${family}`)
          demandVerdict(seen[5], BLOCKED, `An ACK of an unknown connection over ${family}`)
          await session.reset()
        }
      }),
  },
  {
    name: 'plays every event that it names',
    run: playEvents,
  },
  {
    name: 'tells what it says that it observes',
    run: async (bench) => {
      for (const what of bench.capabilities.observes) await OBSERVED[what](bench)
    },
  },
]

function forwarded(where: string): (played: Played) => void {
  return ({ seen }) => {
    for (const each of seen)
      demandVerdict(each, [Verdict.forward], `Packet ${each.step} of a connection ${where}`)
  }
}
