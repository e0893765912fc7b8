import { inflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import { fixtureRun } from '../fixtures/run.ts'
import { pageData } from './page-index.ts'
import { shownRuns } from './sides.ts'
import type { CaseRecord } from './view.ts'

/** The records of a page of that size by the outcome of their case. */
function recordsOf(largest?: number): ReadonlyMap<string, readonly CaseRecord[]> {
  const { index, blocks } = pageData(shownRuns([fixtureRun()]), largest)
  const records = blocks.map(
    (block) => JSON.parse(inflateRawSync(Buffer.from(block, 'base64')).toString()) as readonly CaseRecord[],
  )
  const found = new Map<string, CaseRecord[]>()
  for (const row of index.cases) {
    const outcome = index.order[row[1]] ?? ''
    const record = records[row[8]]?.[row[9]]
    if (record !== undefined) found.set(outcome, [...(found.get(outcome) ?? []), record])
  }
  return found
}

const traced = (records: readonly CaseRecord[] = []) =>
  records.map(({ finished }) => finished?.trace !== undefined)

describe('report/html/page-index', () => {
  it('has the packets of all cases that were played', () => {
    const records = recordsOf()
    for (const outcome of ['pass', 'fail']) expect(traced(records.get(outcome)), outcome).to.include(true)
    expect(traced(records.get('pass'))).not.to.include(false)
  })

  it('leaves those of cases that passed, and had nothing else to show, to the log where there is no room', () => {
    const [whole, small] = [recordsOf(), recordsOf(1)]
    expect([...small.keys()]).to.deep.equal([...whole.keys()])
    for (const [outcome, records] of whole) {
      if (outcome !== 'pass') {
        expect(small.get(outcome), outcome).to.deep.equal(records)
        continue
      }
      const shown = records.map(({ finished }) => finished?.sightings !== undefined)
      expect(traced(small.get(outcome))).to.deep.equal(shown)
      expect(shown).to.include(false)
      expect(small.get(outcome)?.map(({ case: { name } }) => name)).to.deep.equal(
        records.map(({ case: { name } }) => name),
      )
    }
  })
})
