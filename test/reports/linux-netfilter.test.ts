import { release } from 'node:os'
import { expect } from 'chai'
import { needsRoot } from '../../harness/engine/conntrack/oracle-kernel.test.ts'
import { readRunLog } from '../../harness/log/read.ts'
import type { CaseFinished } from '../../harness/model/run-log.ts'
import { PUBLISHED_LOG } from '../../harness/report/publish/published.ts'
import { playedCases, publishedOf, remade, shown } from './remade.ts'

/**
 * Of each report the case of each suite that ends soonest under policy reject, whose resets are to be the same, too; all of it, which
 * takes half an hour, with FLOWBREAK_FULL=1.
 */
const FULL = process.env.FLOWBREAK_FULL === '1'

/**
 * What is another each time on real time, and where a case stands in its file. Of sightings the kinds are compared, but for what only
 * came late.
 */
const IGNORED = ['durationMs', 'sightings', 'lasted', 'line'] as const

/** What follows its answered SYN races with what one host tells the other, so that nothing is expected of it. */
const RACES = /^linux-netfilter\/conntrackd\/asymmetric\/opening\//

/** Reports about the kernel that runs here: there is no other to ask. */
const PUBLISHED = [...publishedOf('linux-netfilter')].filter(
  ([version]) => numberOf(version) === numberOf(release()),
)

/** `6.18.1` of `6.18.1-amd64`. */
function numberOf(version: string): string {
  return version.split('-', 1)[0] ?? ''
}

/** The names of the cases that end soonest, one of each suite. */
function soonest(folder: string): readonly string[] {
  const ends = ({ trace }: CaseFinished) => trace?.time.at(-1) ?? Number.POSITIVE_INFINITY
  const found = new Map<string, CaseFinished>()
  for (const finished of playedCases(readRunLog(`${folder}/${PUBLISHED_LOG}`)).values()) {
    const { suite, policy } = finished.case
    const former = found.get(suite)
    if (policy === 'reject' && (former === undefined || ends(finished) < ends(former)))
      found.set(suite, finished)
  }
  return [...found.values()].map((finished) => finished.case.name)
}

/** All of a case that is to be the same. */
function told(finished: CaseFinished): string {
  if (RACES.test(finished.case.name)) return finished.outcome
  const kinds = (finished.sightings ?? []).flatMap(({ kind, field }) =>
    kind === 'late' ? [] : [`${kind} ${field}`],
  )
  return [shown(finished, IGNORED), ...new Set(kinds.sort())].join('\n')
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
        expect(former === undefined ? '' : told(former), name).to.equal(told(finished))
      }
    })
})
