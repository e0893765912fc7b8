import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadKnownFailures } from '../../harness/plan/read-known-failures.ts'
import { allSuites } from '../../harness/run/fixtures/all-suites.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const LISTS = join(ROOT, 'suites/known-failures')

describe('suites/known-failures', () => {
  for (const list of readdirSync(LISTS))
    it(`${list}: each entry has a reason and names cases that there are`, () => {
      const names = allSuites().flatMap(({ cases }) => cases.map(({ name }) => name))
      const known = loadKnownFailures(join(LISTS, list), '2026-11-27')
      expect(known.unmatched(names)).to.deep.equal([])
      expect(names.some((name) => known.find(name) !== undefined)).to.equal(true)
    })
})
