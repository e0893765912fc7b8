import { expect } from 'chai'
import { dice } from '../../engine/conversations/random.test.ts'
import type { Case } from '../../model/case.ts'
import { Kind } from '../../model/codes.ts'
import type { CaseTrace, Mismatch } from '../../model/run-log.ts'
import { lacks } from '../../plan/capabilities.ts'
import { findSuites } from '../../plan/find.ts'
import { CaptureStore } from '../../run/captures.ts'
import { type Attempt, CasePlayer } from '../../run/play.ts'
import { loadSuite } from '../../suite/cases.ts'
import { ReferenceTarget } from '../reference/reference.ts'
import { makeSuricata } from './suricata.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const SEED = 20_260_101
/** All of them take half an hour. */
const SAMPLE = process.env.FLOWBREAK_FULL === '1' ? Number.POSITIVE_INFINITY : 48
const PLAYERS = 2

const suricata = makeSuricata('suricata', { kind: 'suricata' })
const reference = new ReferenceTarget('test')
const { signal } = new AbortController()

/** The cases in profile suricata-7 that it has what they need for, by suite and policy. */
function strata(): Case[][] {
  const found = new Map<string, Case[]>()
  for (const file of findSuites([], [`${ROOT}suites`]))
    for (const test of loadSuite(file, { captures: [`${ROOT}captures`] }).cases) {
      if (test.setup.profile !== 'suricata-7') continue
      if ((lacks(test, suricata.capabilities) ?? suricata.lacks?.(test)) !== undefined) continue
      const stratum = `${test.suite} ${test.setup.policy.exception}`
      found.set(stratum, [...(found.get(stratum) ?? []), test])
    }
  return [...found.values()]
}

/** One of each stratum after another, drawn, until there are enough. */
function sample(cases: Case[][]): Case[] {
  const roll = dice(SEED)
  const drawn: Case[] = []
  let left = cases
  while (left.length > 0 && drawn.length < SAMPLE) {
    for (const stratum of left.slice(0, SAMPLE - drawn.length))
      drawn.push(...stratum.splice(roll(stratum.length), 1))
    left = left.filter((stratum) => stratum.length > 0)
  }
  return drawn
}

/** What real Suricata does not do as the case, or the reference, says. */
async function differencesOf(test: Case, captures: CaptureStore): Promise<string[]> {
  const recorded = await captures.load(test.capture, test.setup)
  const played: Attempt[] = []
  for (const target of [suricata, reference]) {
    await using session = await target.prepare(test.setup, signal)
    played.push(await new CasePlayer(SEED).play(test, recorded, session, signal))
  }
  const [real, ours] = played
  const words = ({ mismatches = [] }: Partial<Attempt> = {}) =>
    mismatches.map(({ message }: Mismatch) => `${test.name}: ${message}`)
  if (real?.outcome !== 'pass') return [`${test.name}: ${real?.outcome}`, ...words(real)]
  return alike(real.trace, ours?.trace)
    ? []
    : [`${test.name}: Suricata ${real.trace?.verdict}, the reference ${ours?.trace?.verdict}`]
}

/** Of an ICMP error that a rule rejects Suricata says so and sends nothing, which is a drop to the reference (docs/rules.md). */
function alike(real: CaseTrace | undefined, ours: CaseTrace | undefined): boolean {
  if (real === undefined || ours === undefined) return false
  return [...ours.verdict].every((letter, i) => {
    const kind = ours.kind[i]
    const silent = real.verdict[i] === 'r' && letter === 'd' && (kind === Kind.icmp4 || kind === Kind.icmp6)
    return real.reason[i] === ours.reason[i] && (real.verdict[i] === letter || silent)
  })
}

describe('target/suricata: cases of the suites', function () {
  this.timeout(SAMPLE === Number.POSITIVE_INFINITY ? 7_200_000 : 400_000)

  it('pass through real Suricata, verdict by verdict and reason by reason as through the reference', async () => {
    const captures = new CaptureStore()
    const cases = strata()
    const all = cases.reduce((sum, stratum) => sum + stratum.length, 0)
    const drawn = sample(cases)
    console.info(`      ${drawn.length} of ${all} cases, seed ${SEED}`)
    expect(all).to.be.at.least(1000)
    expect(drawn.length).to.be.at.least(Math.min(SAMPLE, all))
    const differences: string[] = []
    const work = async () => {
      for (let test = drawn.shift(); test !== undefined; test = drawn.shift())
        differences.push(...(await differencesOf(test, captures)))
    }
    await Promise.all(Array.from({ length: PLAYERS }, work))
    expect(differences).to.deep.equal([])
  })
})
