import { expect } from 'chai'
import { dice } from '../../engine/conversations/random.test.ts'
import type { Case } from '../../model/case.ts'
import { Kind } from '../../model/codes.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import { findSuites } from '../../plan/find.ts'
import { CaptureStore } from '../../run/captures.ts'
import type { FoldEntry } from '../../run/fold.ts'
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
/** Of the cases that cannot be folded, by why not: so many, drawn. */
const ALONE = FULL ? Number.POSITIVE_INFINITY : 2
const PLAYERS = 2

const suricata = makeSuricata('suricata', { kind: 'suricata' })
const reference = new ReferenceTarget('test')
const captures = new CaptureStore()
const { signal } = new AbortController()

type Replay = readonly FoldEntry[]

/** How the cases in profile suricata-7 are played that it has what they need for: folds, and by why they are not folded the others. */
async function planned(): Promise<{
  readonly folds: Replay[]
  readonly alone: ReadonlyMap<string, Replay[]>
}> {
  const cases = findSuites([], [`${ROOT}suites`])
    .flatMap((file) => loadSuite(file, { captures: [`${ROOT}captures`] }).cases)
    .filter(({ setup }) => setup.profile === 'suricata-7')
  const offers = new Offers(SEED)
  const folds: Replay[] = []
  const alone = new Map<string, Replay[]>()
  for (const group of bySetup(cases, suricata).groups)
    for (const replay of (await surveySetup(group, suricata, { captures, offers, fold: 'auto' })).replays) {
      const why = replay[0]?.facts.alone
      if (why === undefined) folds.push(replay)
      else alone.set(why, [...(alone.get(why) ?? []), replay])
    }
  return { folds, alone }
}

/** So many of them, drawn. */
function drawn(replays: readonly Replay[], roll: (sides: number) => number): Replay[] {
  const left = [...replays]
  const some: Replay[] = []
  while (left.length > 0 && some.length < ALONE) some.push(...left.splice(roll(left.length), 1))
  return some
}

/** What real Suricata does otherwise than the cases, or the reference, say. */
async function differencesOf(replay: Replay, player: ReplayPlayer): Promise<string[]> {
  const [first] = replay
  if (first === undefined) return []
  await using session = await suricata.prepare(first.test.setup, signal)
  await using ours = await reference.prepare(first.test.setup)
  const attempts = await player.play(replay, session, signal)
  const differences: string[] = []
  for (const [index, { test, recorded }] of replay.entries()) {
    const expected = await new CasePlayer(SEED).play(test, recorded, ours, signal)
    differences.push(...wordsOf(test, attempts[index], expected))
  }
  return differences
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

  it('pass through real Suricata, folded or alone, verdict by verdict and reason by reason as through the reference', async () => {
    const { folds, alone } = await planned()
    const roll = dice(SEED)
    const jobs = [...folds, ...[...alone.values()].flatMap((replays) => drawn(replays, roll))]
    const cases = (replays: readonly Replay[]) => replays.reduce((sum, { length }) => sum + length, 0)
    const all = cases(folds) + cases([...alone.values()].flat())
    console.info(`      ${cases(jobs)} of ${all} cases in ${jobs.length} replays, seed ${SEED}`)
    expect(all).to.be.at.least(1000)
    expect(cases(folds)).to.be.at.least(800)
    expect([...alone.keys()].length).to.be.at.least(3)
    const differences: string[] = []
    const work = async () => {
      const player = new ReplayPlayer(suricata, captures, SEED)
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift())
        differences.push(...(await differencesOf(job, player)))
    }
    await Promise.all(Array.from({ length: PLAYERS }, work))
    expect(differences).to.deep.equal([])
  })
})
