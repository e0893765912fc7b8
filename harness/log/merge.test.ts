import { expect } from 'chai'
import type { RunEvent } from '../model/run-log.ts'
import { fixtureRun } from '../report/fixtures/run.ts'
import { caseResults } from './cases.ts'
import { mergeRuns } from './merge.ts'
import { missingShards, repeatedShards } from './shards.ts'
import { summarise } from './summary.ts'

const EVENTS = fixtureRun()
const MERGING = { run: 'merged', at: '2026-11-22T00:00:00.000Z', command: ['flowbreak', 'report', 'merge'] }

/** Every nth result of the fixture, as a shard of a run. */
function part(at: number, of: number, more: Partial<RunEvent> = {}): RunEvent[] {
  let seen = 0
  return EVENTS.filter(
    ({ type }) => (type !== 'case-finished' && type !== 'case-skipped') || seen++ % of === at,
  ).map((event) => {
    if (event.type !== 'run-started') return event
    const planned = Math.floor((15 - at - 1) / of) + 1
    return { ...event, run: `run-${at}`, planned, shard: `${at + 1}/${of}`, ...more } as RunEvent
  })
}

const codes = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'warning' && event.code !== 'WARN_UNUSED' ? [event.code] : []))

describe('mergeRuns', () => {
  it('says once what several runs warned of in the same words', () => {
    const same = { type: 'warning', code: 'WARN_SAME', message: 'A knob is from memory.' } as const
    const warned = (at: number): RunEvent[] => {
      const own: RunEvent = { ...same, code: 'WARN_OWN', message: `Of part ${at}.` }
      const [start, ...rest] = part(at, 2)
      return start === undefined ? [] : [start, same, own, ...rest]
    }
    expect(
      codes(mergeRuns([warned(0), warned(1)], MERGING)).filter((code) => /SAME|OWN/.test(code)),
    ).to.deep.equal(['WARN_SAME', 'WARN_OWN', 'WARN_OWN'])
  })

  it('makes of the parts of a run what the run would have been', () => {
    const merged = mergeRuns([part(0, 3), part(1, 3), part(2, 3)], MERGING)
    const [whole, summary] = [summarise(EVENTS), summarise(merged)]
    expect(summary).to.include({ cases: 15, planned: 15, reason: 'completed', exitCode: whole.exitCode })
    expect(summary.totals).to.deep.equal(whole.totals)
    expect(summary.tally).to.deep.equal(whole.tally)
    expect(codes(merged)).to.deep.equal([])
    expect(merged.at(-1)).to.deep.include({
      type: 'run-finished',
      totals: whole.totals,
      exitCode: whole.exitCode,
    })
    const [start] = merged
    expect(
      start?.type === 'run-started' && start.merged?.map(({ run, shard }) => [run, shard]),
    ).to.deep.equal([
      ['run-0', '1/3'],
      ['run-1', '2/3'],
      ['run-2', '3/3'],
    ])
  })

  it('names parts that are missing or there twice, and is no completed run without them', () => {
    const merged = mergeRuns(
      [part(0, 3), part(2, 3), part(2, 3, { run: 'again' } as Partial<RunEvent>)],
      MERGING,
    )
    expect(codes(merged)).to.deep.equal(['WARN_SHARD_MISSING', 'WARN_SHARD_REPEATED'])
    expect(summarise(merged)).to.include({ reason: 'interrupted', exitCode: 130 })
    expect(
      merged.find((event) => event.type === 'warning' && event.code === 'WARN_SHARD_MISSING'),
    ).to.have.property('message', 'Part 2/3 is missing.')
  })

  it('takes a run that is given twice once', () => {
    const merged = mergeRuns([EVENTS, EVENTS], MERGING)
    expect(codes(merged)).to.deep.equal(['WARN_MERGE_TWICE'])
    expect(summarise(merged).totals).to.deep.equal(summarise(EVENTS).totals)
  })

  it('hides no difference between a run and one of the same cases again', () => {
    const again = EVENTS.map((event): RunEvent => {
      if (event.type === 'run-started') return { ...event, run: 'again' }
      return event.type === 'case-finished' && event.outcome === 'fail'
        ? { ...event, outcome: 'pass' }
        : event
    })
    const results = caseResults(mergeRuns([EVENTS, again], MERGING))
    expect(results).to.have.length(15)
    expect(results.filter(({ outcome }) => outcome === 'flaky')).to.have.length(2)
    expect(results.filter(({ outcome }) => outcome === 'fail')).to.have.length(0)
  })

  it('counts what an interrupted run has not played', () => {
    const cut = EVENTS.slice(0, 8).map((event) =>
      event.type === 'run-started' ? { ...event, planned: 15 } : event,
    )
    expect(summarise(mergeRuns([cut], MERGING))).to.include({ cases: 4, planned: 15, exitCode: 130 })
  })

  it('warns of runs of other versions', () => {
    const suites = (sha256: string) => ({ suites: [{ file: 'suites/a.yaml', sha256 }] }) as Partial<RunEvent>
    const merged = mergeRuns(
      [part(0, 2, suites('0')), part(1, 2, { ...suites('1'), flowbreak: '9' } as never)],
      MERGING,
    )
    expect(codes(merged)).to.deep.equal(['WARN_MERGE_VERSIONS', 'WARN_MERGE_INPUTS'])
  })
})

describe('shards', () => {
  it('that are missing or repeated are named', () => {
    expect(missingShards(['1/2', '2/2', undefined])).to.deep.equal([])
    expect(missingShards(['3/4', '1/4'])).to.deep.equal(['2/4', '4/4'])
    expect(repeatedShards(['1/2', undefined, undefined, '1/2', '1/2'])).to.deep.equal(['1/2'])
    expect(missingShards(['1/99999999999', 'x'])).to.deep.equal([])
  })
})
