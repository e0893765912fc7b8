import { release } from 'node:os'
import { expect } from 'chai'
import { readRunLog } from '../../harness/log/read.ts'
import type { CaseFinished } from '../../harness/model/run-log.ts'
import { PUBLISHED_LOG } from '../../harness/report/publish/published.ts'
import { playedCases, publishedOf, remade } from './remade.ts'

/** On real time, whose cases are only sure on a machine at rest: with FLOWBREAK_FULL=1 alone, or so many that end soonest with `some`. */
const FULL = process.env.FLOWBREAK_FULL
const SOME = FULL === '1' ? Number.POSITIVE_INFINITY : 6

/** `6.18.1` of `6.18.1-amd64`. */
function numberOf(version: string): string {
  return version.split('-', 1)[0] ?? ''
}

/** What does not depend on when a packet came out. */
function decided({ outcome, trace }: CaseFinished) {
  return { outcome, verdict: trace?.verdict, by: trace?.by }
}

/** The options that choose the cases which end soonest. */
function quickest(folder: string): readonly string[] {
  if (SOME === Number.POSITIVE_INFINITY) return []
  const ends = ({ trace }: CaseFinished) => trace?.time.at(-1) ?? Number.POSITIVE_INFINITY
  const cases = [...playedCases(readRunLog(`${folder}/${PUBLISHED_LOG}`)).values()]
  const first = cases.sort((a, b) => ends(a) - ends(b)).slice(0, SOME)
  return first.flatMap((each) => ['--grep', each.case.name])
}

describe('published reports of Linux netfilter', function () {
  this.timeout(7_200_000)

  for (const [version, folder] of FULL === '1' || FULL === 'some' ? publishedOf('linux-netfilter') : [])
    it(`${version}: the kernel decides the same today`, function () {
      if (numberOf(version) !== numberOf(release())) this.skip()
      const { published, today } = remade(folder, quickest(folder))
      const before = playedCases(published)
      const now = playedCases(today)
      expect(now.size).to.be.at.least(Math.min(SOME, before.size))
      for (const [name, finished] of now) {
        const former = before.get(name)
        expect(former === undefined ? undefined : decided(former), name).to.deep.equal(decided(finished))
      }
    })
})
