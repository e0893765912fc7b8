import { expect } from 'chai'
import { findSuricata } from '../../harness/target/suricata/binary.ts'
import { IGNORED, playedCases, publishedOf, remade, shown } from './remade.ts'

/** Some suites of each report; all of it, line by line, with FLOWBREAK_FULL=1. */
const FULL = process.env.FLOWBREAK_FULL === '1'
const SOME = ['--grep', 'core/live-session/**', '--grep', 'core/first-packet/**', '--grep', 'core/resets/**']

describe('published reports of Suricata', function () {
  this.timeout(FULL ? 7_200_000 : 600_000)

  for (const [version, folder] of publishedOf('suricata'))
    it(`${version}: the same command comes to the same today, but for ${IGNORED.join(', ')}`, function () {
      if (!version.startsWith(findSuricata('suricata').version)) this.skip()
      const { published, today } = remade(folder, FULL ? [] : SOME)
      const before = playedCases(published)
      const now = playedCases(today)
      expect(now.size).to.be.at.least(FULL ? before.size : 30)
      for (const [name, finished] of now) {
        const former = before.get(name)
        expect(former === undefined ? '' : shown(former), name).to.equal(shown(finished))
      }
      if (FULL)
        expect(today.map((event) => shown(event))).to.deep.equal(published.map((event) => shown(event)))
    })
})
