import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { finished } from '../../report/fixtures/case.ts'
import { makeSetup } from '../../suite/setup.ts'
import { summaryOf } from '../play.ts'
import { SharedBlocks } from './blocks.ts'
import type { Lot } from './lot.ts'
import type { Part } from './messages.ts'
import { PartPacker, unpackPart } from './told.ts'

const setup = makeSetup({ profile: 'suricata-7' })
const cases = ['a', 'b', 'ü'].map(
  (name): Case => ({
    ...{ name, suite: 's', file: 's.yaml', line: 1, rows: [], tags: [], requirement: '„so“', axes: {} },
    ...{ capture: 'c.pcap', flow: 0, endpoints: 'recorded', setup, injections: [], expectations: [] },
  }),
)
const lot: Lot = { index: 0, target: 't', setup: setup.key, cases, replays: [[0], [1], [2]] }
const results = cases.map((test, at) =>
  finished(summaryOf(test), at === 1 ? 'fail' : 'pass', { target: 't', knowledge: { log: 7 } }),
)

/** What the run gets of a part, with its lines as text. */
function received(part: Part | undefined) {
  if (part === undefined) throw new Error('there is nothing')
  const { told, ...rest } = structuredClone(part)
  return [...unpackPart(told, new SharedBlocks().linesOf(rest), lot)].map(
    ([event, line]) => [event, Buffer.from(line).toString()] as const,
  )
}

describe('run/work/told', () => {
  it('brings events over whole, each with its line, without what the run knows of them', () => {
    const packer = new PartPacker(lot, true)
    const warning = { type: 'warning', code: 'WARN_TEST', message: 'é' } as const
    const events = [warning, ...results]
    for (const event of events) packer.add(event)
    const part = packer.take()
    expect(part?.told.slice(1).map(({ event }) => 'case' in event)).to.deep.equal([false, false, false])
    expect(received(part)).to.deep.equal(events.map((event) => [event, JSON.stringify(event)]))
  })

  it('leaves packets of cases that passed to the line, unless they are asked for', () => {
    const packer = new PartPacker(lot, false)
    for (const event of results) packer.add(event)
    const got = received(packer.take())
    expect(got.map(([event]) => 'trace' in event)).to.deep.equal([false, true, false])
    expect(got.map(([, line]) => line)).to.deep.equal(results.map((event) => JSON.stringify(event)))
  })

  it('sends what is equal in several cases once', () => {
    const packer = new PartPacker(lot, false)
    for (const event of results) packer.add(structuredClone(event))
    const [a, , c] = received(packer.take()).map(([event]) => event as CaseFinished)
    expect(a?.counters).to.equal(c?.counters)
    expect(a?.tally).to.equal(c?.tally)
    expect(a?.knowledge).to.equal(c?.knowledge)
  })

  it('gives each part away and begins another', () => {
    const packer = new PartPacker(lot, true)
    expect(packer.take()).to.equal(undefined)
    const lengths = results.map((event) => Buffer.byteLength(JSON.stringify(event)))
    expect(results.slice(0, 2).map((event) => packer.add(event))).to.deep.equal([
      lengths[0],
      (lengths[0] ?? 0) + (lengths[1] ?? 0),
    ])
    const [first, none] = [packer.take(), packer.take()]
    expect(none).to.equal(undefined)
    packer.add(results[2] as CaseFinished)
    const second = packer.take()
    expect(second?.block).not.to.equal(first?.block)
    expect([...received(first), ...received(second)].map(([event]) => event)).to.deep.equal(results)
  })

  it('takes lines of any length', () => {
    const packer = new PartPacker(lot, true)
    const long = { type: 'warning', code: 'WARN_TEST', message: 'ß'.repeat(300_000) } as const
    for (const event of [results[0] as CaseFinished, long, results[1] as CaseFinished]) packer.add(event)
    expect(received(packer.take()).map(([event]) => event)).to.deep.equal([results[0], long, results[1]])
  })
})
