import { release } from 'node:os'
import { expect } from 'chai'
import { needsRoot } from '../../harness/engine/conntrack/oracle-kernel.test.ts'
import { readRunLog } from '../../harness/log/read.ts'
import type { CaseFinished } from '../../harness/model/run-log.ts'
import { PUBLISHED_LOG } from '../../harness/report/publish/published.ts'
import { playedCases, publishedOf, remade, shown } from './remade.ts'

/** Of each report the case of each suite and policy that ends soonest; all of it, which takes half an hour, with FLOWBREAK_FULL=1. */
const FULL = process.env.FLOWBREAK_FULL === '1'

/** What is another each time on real time. */
const IGNORED = ['durationMs'] as const

/** Reports about the kernel that runs here: there is no other to ask. */
const PUBLISHED = [...publishedOf('linux-netfilter')].filter(
  ([version]) => numberOf(version) === numberOf(release()),
)

/** `6.18.1` of `6.18.1-amd64`. */
function numberOf(version: string): string {
  return version.split('-', 1)[0] ?? ''
}

/** The names of the cases that end soonest, one of each suite and policy. */
function soonest(folder: string): readonly string[] {
  const ends = ({ trace }: CaseFinished) => trace?.time.at(-1) ?? Number.POSITIVE_INFINITY
  const found = new Map<string, CaseFinished>()
  for (const finished of playedCases(readRunLog(`${folder}/${PUBLISHED_LOG}`)).values()) {
    const key = `${finished.case.suite} ${finished.case.policy}`
    const former = found.get(key)
    if (former === undefined || ends(finished) < ends(former)) found.set(key, finished)
  }
  return [...found.values()].map((finished) => finished.case.name)
}

describe('published reports of Linux netfilter', function () {
  this.timeout(FULL ? 7_200_000 : 600_000)
  before(needsRoot)

  for (const [version, folder] of PUBLISHED)
    it(`${version}: the same command comes to the same today, but for ${IGNORED.join(', ')}`, () => {
      const chosen = FULL ? [] : soonest(folder)
      const { published, today } = remade(
        folder,
        chosen.flatMap((name) => ['--grep', name]),
      )
      const before = playedCases(published)
      const now = playedCases(today)
      expect(now.size).to.be.at.least(FULL ? before.size : chosen.length)
      for (const [name, finished] of now) {
        const former = before.get(name)
        expect(former === undefined ? '' : shown(former, IGNORED), name).to.equal(shown(finished, IGNORED))
      }
    })
})
