import { expect } from 'chai'
import { dice } from '../../engine/conversations/random.test.ts'
import type { Case } from '../../model/case.ts'
import { Kind } from '../../model/codes.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import { findSuites } from '../../plan/find.ts'
import { dependsOnAnswers } from '../../plan/folding.ts'
import { CaptureStore } from '../../run/captures.ts'
import type { FoldEntry } from '../../run/fold/playing.ts'
import { Offers } from '../../run/offer.ts'
import { type Attempt, CasePlayer } from '../../run/play.ts'
import { ReplayPlayer } from '../../run/replay-player.ts'
import { bySetup, surveySetup } from '../../run/target-plan.ts'
import { loadSuite } from '../../suite/cases.ts'
import { ReferenceTarget } from '../reference/reference.ts'
import { makeSuricata } from './suricata.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const SEED = 20_260_101
const FULL = process.env.FLOWBREAK_FULL === '1'
/** Of the cases of each kind that are played alone too: so many, drawn. */
const ALONE = FULL ? Number.POSITIVE_INFINITY : 3
const PLAYERS = 2

const suricata = makeSuricata('suricata', { kind: 'suricata' })
const reference = new ReferenceTarget('test')
const captures = new CaptureStore()
const { signal } = new AbortController()

type Replay = readonly FoldEntry[]

/** How the cases in profile suricata-7 are played that it has what they need for. */
async function planned(): Promise<readonly Replay[]> {
  const cases = findSuites([], [`${ROOT}suites`])
    .flatMap((file) => loadSuite(file, { captures: [`${ROOT}captures`] }).cases)
    .filter(({ setup }) => setup.profile === 'suricata-7')
  const offers = new Offers(SEED)
  const replays: Replay[] = []
  for (const group of bySetup(cases, suricata).groups)
    replays.push(...(await surveySetup(group, suricata, { captures, offers, fold: 'auto' })).replays)
  return replays
}

/** In which way a case is one of a fold: what keeps it from others, or whom it waits for. */
function kindOf({ test, facts }: FoldEntry): string {
  return dependsOnAnswers(test) ?? facts.apart ?? (facts.pattern === '' ? 'nothing happens' : facts.pattern)
}

/** Cases of folds, so many of each kind, drawn. */
function drawn(replays: readonly Replay[], roll: (sides: number) => number): ReadonlySet<FoldEntry> {
  const kinds = new Map<string, FoldEntry[]>()
  for (const entry of replays.filter(({ length }) => length > 1).flat())
    kinds.set(kindOf(entry), [...(kinds.get(kindOf(entry)) ?? []), entry])
  const some = new Set<FoldEntry>()
  for (const left of kinds.values())
    for (let n = 0; n < ALONE && left.length > 0; n++)
      for (const entry of left.splice(roll(left.length), 1)) some.add(entry)
  return some
}

/** What real Suricata does otherwise than the cases, the reference, or it itself with nobody else's packets, say. */
async function differencesOf(
  replay: Replay,
  player: ReplayPlayer,
  alone: ReadonlySet<FoldEntry>,
): Promise<string[]> {
  const [first] = replay
  if (first === undefined) return []
  await using session = await suricata.prepare(first.test.setup, signal)
  await using ours = await reference.prepare(first.test.setup)
  const attempts = await player.play(replay, session, signal)
  const differences: string[] = []
  for (const [index, entry] of replay.entries()) {
    const { test, recorded } = entry
    const real = attempts[index]
    const expected = await new CasePlayer(SEED).play(test, recorded, ours, signal)
    differences.push(...wordsOf(test, real, expected))
    if (!alone.has(entry)) continue
    const single = await new CasePlayer(SEED).play(test, recorded, session, signal)
    if (shown(real) !== shown(single))
      differences.push(`${test.name}: folded ${real?.trace?.verdict}, alone ${single.trace?.verdict}`)
  }
  return differences
}

/** All but how long it took. */
function shown(attempt: Attempt | undefined): string {
  const { durationMs: _, ...rest } = attempt ?? { durationMs: 0 }
  return JSON.stringify(rest)
}

function wordsOf({ name }: Case, real: Attempt | undefined, ours: Attempt): string[] {
  const messages = real?.mismatches.map(({ message }) => message) ?? []
  if (real?.outcome !== 'pass')
    return [`${name}: ${real?.outcome} ${real?.detail ?? ''} ${messages.join(' ')}`]
  if (alike(real.trace, ours.trace)) return []
  return [`${name}: Suricata ${real.trace?.verdict}, the reference ${ours.trace?.verdict}`]
}

/** Of an ICMP error that a rule rejects Suricata says so and sends nothing, which is a drop to the reference (docs/rules.md). */
function alike(real: CaseTrace | undefined, ours: CaseTrace | undefined): boolean {
  if (real === undefined || ours === undefined || real.verdict.length !== ours.verdict.length) return false
  return [...ours.verdict].every((letter, i) => {
    const kind = ours.kind[i]
    const silent = real.verdict[i] === 'r' && letter === 'd' && (kind === Kind.icmp4 || kind === Kind.icmp6)
    return real.reason[i] === ours.reason[i] && (real.verdict[i] === letter || silent)
  })
}

describe('target/suricata: cases of the suites', function () {
  this.timeout(FULL ? 7_200_000 : 900_000)

  it('pass through real Suricata, verdict by verdict and reason by reason as through the reference, and folded as alone', async () => {
    const replays = await planned()
    const jobs = [...replays]
    const alone = drawn(replays, dice(SEED))
    const all = replays.reduce((sum, { length }) => sum + length, 0)
    console.info(`      ${all} cases in ${jobs.length} replays, ${alone.size} alone too, seed ${SEED}`)
    expect(all).to.be.at.least(1000)
    expect(all / jobs.length).to.be.at.least(10)
    expect(new Set([...alone].map(kindOf)).size).to.be.at.least(4)
    const differences: string[] = []
    const work = async () => {
      const player = new ReplayPlayer(suricata, captures, SEED)
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift())
        differences.push(...(await differencesOf(job, player, alone)))
    }
    await Promise.all(Array.from({ length: PLAYERS }, work))
    expect(differences.join('\n')).to.equal('')
  })
})
