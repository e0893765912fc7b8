import { expect } from 'chai'
import { fixtureRun } from '../../fixtures/run.ts'
import { pageData } from '../page-index.ts'
import { shownRuns } from '../sides.ts'
import { NOWHERE } from './address.ts'
import type { CaseEntry, EntryGlance } from './entries.ts'
import { lookTable } from './look.ts'

const { index } = pageData(shownRuns([fixtureRun()]))
const GLANCE: EntryGlance = {
  where: 'packet 12',
  expected: 'answered',
  observed: 'drop',
  source: 'DOC: a guide',
}

/** The rows of the table of cases that are the same but for an axis, as text and marks. */
function rowsOf(...cases: readonly Partial<CaseEntry & EntryGlance>[]): readonly string[] {
  const entries = cases.map(
    (one, at): CaseEntry => ({
      ...{
        index: at,
        side: 0,
        outcome: 'fail',
        name: `demo/swap/policy:${at}`,
        short: 'swap',
        suite: 'demo',
      },
      ...{ axes: { policy: `${at}` }, requirement: 'It is answered.', words: '', block: 0, place: at },
      ...one,
      glance: { ...GLANCE, ...one },
    }),
  )
  const [, body = ''] =
    /<tbody>(.*)<\/tbody>/s.exec(`${lookTable({ index, address: NOWHERE }, entries, true)}`) ?? []
  return body
    .split('</tr>')
    .slice(0, -1)
    .map((row) =>
      row
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
}

describe('the table of cases that need a look', () => {
  it('has one row for what came to the same, and says where, if it is one place', () => {
    expect(rowsOf({}, {})).to.deep.equal([
      '✗ ✗ reference It is answered. demo/ swap answered drop packet 12 DOC: a guide',
    ])
    expect(rowsOf({}, { where: 'packet 14' })).to.deep.equal([
      '✗ ✗ reference It is answered. demo/ swap answered drop packet 12, of others elsewhere DOC: a guide',
    ])
  })

  it('says of no case what came of another', () => {
    const rows = rowsOf({}, { observed: 'reject' }, {}, { observed: 'forward' }, { outcome: 'flaky' })
    expect(rows.map((row) => row.replace(/ It is .* answered/, ''))).to.have.members([
      '✗ ✗ reference drop packet 12 DOC: a guide',
      '✗ reference reject packet 12 DOC: a guide',
      '✗ reference forward packet 12 DOC: a guide',
      '~ reference drop packet 12 DOC: a guide',
    ])
  })
})
