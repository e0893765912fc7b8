import { release } from 'node:os'
import { expect } from 'chai'
import type { CaseFinished } from '../../harness/model/run-log.ts'
import { playedCases, publishedOf, remade } from './remade.ts'

/** Cases that take the kernel a few seconds; all of them with FLOWBREAK_FULL=1. */
const SOME = process.env.FLOWBREAK_FULL === '1' ? [] : ['--grep', 'linux-netfilter/resets/**']

/** What does not depend on when a packet came out. */
function decided({ outcome, trace }: CaseFinished) {
  return { outcome, verdict: trace?.verdict, by: trace?.by }
}

describe('published reports of Linux netfilter', function () {
  this.timeout(7_200_000)

  for (const [version, folder] of publishedOf('linux-netfilter'))
    it(`${version}: the kernel decides the same today`, function () {
      if (!version.startsWith(release())) this.skip()
      const { published, today } = remade(folder, SOME)
      const before = playedCases(published)
      const now = playedCases(today)
      expect(now.size).to.be.greaterThan(0)
      for (const [name, finished] of now) {
        const former = before.get(name)
        expect(former === undefined ? undefined : decided(former), name).to.deep.equal(decided(finished))
      }
    })
})
