import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { aloneOn, foldCases } from '../../plan/folding.ts'
import { getTarget } from '../../target/targets.ts'
import { CaptureStore } from '../captures.ts'
import { allSuites } from '../fixtures/all-suites.ts'
import { FoldPlayer } from '../fold.ts'
import { Offers } from '../offer.ts'
import { type Attempt, CasePlayer } from '../play.ts'
import { RunAddresses } from './disguise.ts'
import type { FoldEntry } from './playing.ts'
import { surveyCase } from './survey.ts'

const SEED = 7
const target = getTarget('reference', 'test')
/** As far as folds go, and as if it answered only at the end: what depends on answers is then folded in rounds. */
const FOLDING = 'consecutive'
const CAPABILITIES = { ...target.capabilities, folding: FOLDING, reactive: false } as const
const addresses = new RunAddresses(target, SEED)
const offers = new Offers(SEED)
const { signal } = new AbortController()
const captures = new CaptureStore()

/** All but how long it took, and the counters, which are of all cases together; as text, since there are many. */
function shown({ durationMs: _, counters: _counters, ...attempt }: Attempt): string {
  return JSON.stringify(attempt)
}

async function entriesOf(cases: readonly Case[]): Promise<FoldEntry[]> {
  const entries: FoldEntry[] = []
  for (const test of cases) {
    const recorded = await captures.load(test.capture, test.setup)
    entries.push({ test, recorded, facts: await surveyCase(offers, test, recorded, CAPABILITIES) })
  }
  return entries
}

function bySetup(cases: readonly Case[]): readonly (readonly Case[])[] {
  const groups = new Map<string, Case[]>()
  for (const test of cases) groups.set(test.setup.key, [...(groups.get(test.setup.key) ?? []), test])
  return [...groups.values()]
}

describe('folding', () => {
  const suites = allSuites().filter(({ cases }) => cases.length > 0)
  const seen = { folded: 0, together: 0 }

  for (const { name, cases } of suites)
    it(`plays ${name} folded as alone`, async () => {
      let compared = 0
      let apart = 0
      for (const group of bySetup(cases)) {
        const [first] = group
        if (first === undefined) continue
        await using session = await target.prepare(first.setup, signal)
        const player = new CasePlayer(SEED)
        const folds = new FoldPlayer(offers)
        for (const fold of foldCases(await entriesOf(group), FOLDING)) {
          if (fold.some(({ facts }) => aloneOn(FOLDING, facts) !== undefined)) {
            apart += fold.length
            continue
          }
          seen.folded += fold.length
          if (fold.length > 1) seen.together += fold.length
          const folded = await folds.play(fold, session, signal, addresses.dress(first.setup))
          for (const [index, { test, recorded }] of fold.entries()) {
            const alone = await player.play(test, recorded, session, signal)
            expect(shown(folded[index] as Attempt), test.name).to.equal(shown(alone))
            compared++
          }
        }
      }
      expect(compared + apart).to.equal(cases.length)
    })

  it('folds nearly half of all cases, most of them together with others', () => {
    const all = suites.reduce((sum, { cases }) => sum + cases.length, 0)
    expect(seen.folded).to.be.at.least(all * 0.45)
    expect(seen.together).to.be.at.least(seen.folded * 0.6)
  })
})
