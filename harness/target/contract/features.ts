import { Verdict } from '../../model/codes.ts'
import type { Feature } from '../../model/target.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { type Bench, BLOCKED, demand, demandVerdict } from './bench.ts'
import { connection, OPENING, offer, type Part, stray } from './conversation.ts'
import type { Played } from './play.ts'

interface Asked {
  readonly input: SetupInput | ((bench: Bench) => SetupInput)
  readonly parts: readonly Part[]
  readonly look: (played: Played, bench: Bench) => void
}

/** Longer than any profile keeps an idle connection by default. */
const VERY_LONG = 600_000
const TWO_MINUTES = 120

const SYN: readonly Part[] = [{ packets: offer(OPENING.slice(0, 1)) }]

/** For each feature, a setup that needs it, and what shows that the target has it. */
const ASKED: Readonly<Record<Feature, Asked>> = {
  rules: {
    input: { rules: ['drop tcp any any -> any 80 (msg:"contract"; sid:1;)'] },
    parts: SYN,
    look: ({ seen }) => demandVerdict(seen[0], [Verdict.drop], 'A SYN that a rule drops'),
  },
  'default-actions': {
    input: { 'rule-order': 'strict', 'default-actions': ['aws:drop_strict'] },
    parts: SYN,
    look: ({ seen }) => demandVerdict(seen[0], [Verdict.drop], 'A SYN under aws:drop_strict'),
  },
  stateless: {
    input: { stateless: { default: 'aws:drop' } },
    parts: SYN,
    look: ({ seen }) => demandVerdict(seen[0], [Verdict.drop], 'A SYN that the stateless engine drops'),
  },
  'next-generation': {
    input: { generation: 'next' },
    parts: [{ packets: connection() }],
    look: ({ seen }) =>
      demandVerdict(seen[4], [Verdict.forward], 'A connection under a next generation policy'),
  },
  monitor: {
    input: { generation: 'next', mode: 'monitor' },
    parts: [{ packets: [stray()] }],
    look: ({ seen }) =>
      demandVerdict(seen[0], [Verdict.forward], 'An ACK of an unknown connection in monitor mode'),
  },
  'inner-tunnels': {
    input: { tunnels: 'inner' },
    parts: [{ packets: [...connection({ tunnel: true }), stray({ flow: 1, tunnel: true })] }],
    look: ({ seen }) => {
      demandVerdict(seen[4], [Verdict.forward], 'A connection in a tunnel that is looked into')
      demandVerdict(seen[5], BLOCKED, 'An ACK of an unknown connection in a tunnel that is looked into')
    },
  },
  'own-profile': {
    input: ownProfile,
    parts: [{ packets: connection() }, { packets: [stray({ gap: TWO_MINUTES })] }],
    look: ({ seen }, { capabilities }) => {
      if (capabilities.clock === 'real')
        demandVerdict(seen[4], [Verdict.forward], "A connection under a profile of one's own")
      else demandVerdict(seen[5], BLOCKED, "A connection that a profile of one's own lets expire after 60 s")
    },
  },
  'reset-on-expiry': {
    input: { 'reset-on-expiry': 'both' },
    parts: [{ packets: connection() }, { packets: [stray({ flow: 1, gap: VERY_LONG })] }],
    look: ({ alone }, { capabilities }) =>
      demand(
        capabilities.clock === 'real' || alone.some(({ kind }) => kind === 'tcp-rst'),
        'A connection expired under reset-on-expiry, and no reset is told of.',
      ),
  },
}

/** A profile that differs from a known one in how long idle connections are kept. */
function ownProfile({ capabilities: { profiles } }: Bench): SetupInput {
  const [known = 'suricata-7'] = profiles === 'any' ? [] : profiles
  const tcpEstablished = { value: 60, mark: 'INF', source: 'contract' } as const
  return { profile: { name: 'contract', extends: known, knobs: { tcpEstablished } } }
}

/** Sets a target to a setup with the feature, and demands that the feature shows, or that the target refuses the setup. */
export function playFeature(bench: Bench, feature: Feature): Promise<void> {
  const { input: asked, parts, look } = ASKED[feature]
  const input = typeof asked === 'function' ? asked(bench) : asked
  // On a real clock that would be too long to wait.
  const short = bench.capabilities.clock === 'real' ? parts.slice(0, 1) : parts
  return bench.played(short, (played) => look(played, bench), input)
}
