import { inflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import type { CaseSummary, RunEvent } from '../../model/run-log.ts'
import { summary } from '../fixtures/case.ts'
import { fixtureRun } from '../fixtures/run.ts'
import { entriesOf } from './client/entries.ts'
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

/** The family that the page gives to a case which is skipped, beside the cases of the fixture. */
function familyOfSkipped(change: Partial<CaseSummary>): string | undefined {
  const test = summary('skipped', {}, { suite: 'later', ...change })
  const skipped: RunEvent = { type: 'case-skipped', case: test, target: 'reference', lacks: 'rules' }
  const events = fixtureRun().flatMap((event): RunEvent[] =>
    event.type === 'run-finished' ? [skipped, event] : [event],
  )
  const { index } = pageData(shownRuns([events]))
  return entriesOf(index).find(({ suite }) => suite === 'later')?.axes.family
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

  it('takes the family of a case that was not played from its axis', () => {
    const axes = { family: 'ipv6' }
    expect(familyOfSkipped({ axes, capture: 'captures/mine.pcap' })).to.equal('ipv6')
  })

  it('takes it from a case that was played with the same capture, or from the name of the capture', () => {
    const { capture } = summary('any', {})
    expect(familyOfSkipped({ capture })).to.equal('ipv4')
    expect(familyOfSkipped({ capture: 'captures/dns-udp-ipv6.pcap' })).to.equal('ipv6')
  })

  it('has none where nothing says it', () => {
    expect(familyOfSkipped({ capture: 'ipv6/captures/mine-ipv64.pcap' })).to.equal(undefined)
  })
})
