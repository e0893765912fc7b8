import { expect } from 'chai'
import type { CaseFinished, RunEvent } from '../../model/run-log.ts'
import { expectGolden } from '../fixtures/golden.ts'
import { fixtureRun } from '../fixtures/run.ts'
import { MARKDOWN_LIMIT } from '../markdown.ts'
import { changesOf } from './changes.ts'
import { changesConsole } from './console.ts'
import { changesJson } from './json.ts'
import { changesMarkdown } from './markdown.ts'
import { headline } from './words.ts'

/** A later run: a case fails that passed, one passes that failed, one is new, one is gone, and all is slower. */
function later(): RunEvent[] {
  const events = fixtureRun()
  const failed = events.find(
    (event): event is CaseFinished => event.type === 'case-finished' && event.outcome === 'fail',
  )
  let passed = 0
  return events.flatMap((event): RunEvent[] => {
    if (event.type === 'run-started')
      return [{ ...event, run: '20261122-1b2c', startedAt: '2026-11-22T07:00:00.000Z' }]
    if (event.type !== 'case-finished' || failed === undefined) return [event]
    const slower = { ...event, durationMs: event.durationMs + 25 }
    if (event.outcome === 'fail') return [{ ...slower, outcome: 'pass', mismatches: [] }]
    if (event.outcome !== 'pass') return [slower]
    passed++
    if (passed === 1) return [{ ...slower, outcome: 'fail', mismatches: failed.mismatches }]
    if (passed === 2) return [{ ...slower, case: { ...event.case, name: 'core/host-swap/new' } }]
    return [slower]
  })
}

describe('changesOf', () => {
  const changes = changesOf(fixtureRun(), later())

  it('finds what became worse, better, new and gone', () => {
    expect(changes.regressions.map(({ name, before, after }) => [name, before, after])).to.deep.equal([
      ['core/host-swap/data/policy:drop/family:ipv4', 'pass', 'fail'],
    ])
    expect(changes.regressions[0]?.reason).to.include('expected reject towards sender, observed drop')
    expect(changes.repairs.map(({ name }) => name)).to.deep.equal([
      'core/host-swap/data/policy:reject/family:ipv4',
    ])
    expect(changes.added).to.deep.equal([
      { name: 'core/host-swap/new', target: 'reference', outcome: 'pass' },
    ])
    expect(changes.vanished.map(({ name }) => name)).to.deep.equal([
      'core/host-swap/data/policy:drop/family:ipv6',
    ])
    expect(changes).to.include({ common: 14 })
    expect(changes.timing?.slower).to.have.length(10)
  })

  it('finds nothing between a run and itself', () => {
    const none = changesOf(fixtureRun(), fixtureRun())
    expect(none).to.include({ common: 15 })
    for (const kind of ['regressions', 'repairs', 'others', 'added', 'vanished'] as const)
      expect(none[kind], kind).to.deep.equal([])
    expect(changesConsole(none)).to.match(/no change in 15 cases\n$/)
  })

  it('says nothing about time if no case was played in both', () => {
    const skipped = fixtureRun().map(
      (event): RunEvent =>
        event.type === 'case-finished'
          ? { type: 'case-skipped', case: event.case, target: event.target, lacks: 'host-swap' }
          : event,
    )
    const alone = fixtureRun().filter(({ type }) => type !== 'case-finished' && type !== 'case-skipped')
    for (const [what, now] of Object.entries({ skipped, alone })) {
      const untimed = changesOf(fixtureRun(), now)
      expect(JSON.parse(changesJson(untimed)), what).to.not.have.property('timing')
      expect(changesConsole(untimed), what).to.not.match(/^time|\d ms/m)
      expect(changesConsole(untimed), what).to.not.include('\n\n\n')
      expect(changesMarkdown(untimed), what).to.not.match(/; time|\d ms/)
    }
  })

  it('calls it a regression when a pass is shown no more', () => {
    const skipped = fixtureRun().map(
      (event): RunEvent =>
        event.type === 'case-finished' && event.outcome === 'pass'
          ? { type: 'case-skipped', case: event.case, target: event.target, lacks: 'host-swap' }
          : event,
    )
    expect(changesOf(fixtureRun(), skipped).regressions).to.have.length(6)
    expect(changesOf(skipped, fixtureRun()).repairs).to.have.length(6)
  })

  it('knows the cases of one target again under another name', () => {
    const only = (name: string) =>
      fixtureRun().flatMap((event): RunEvent[] =>
        'target' in event ? (event.target === 'reference' ? [{ ...event, target: name }] : []) : [event],
      )
    expect(changesOf(only('old'), only('new'))).to.include({ common: 13 })
  })

  it('has a report for the terminal, for programs and for a comment', () => {
    expectGolden('changes.txt', changesConsole(changes))
    expectGolden('changes.json', changesJson(changes))
    expectGolden('changes.md', changesMarkdown(changes))
  })

  it('keeps to the length of a comment', () => {
    const [first] = changes.regressions
    if (first === undefined) throw new Error('There is a regression.')
    const many = Array.from({ length: 5000 }, () => first)
    const lone = Array.from({ length: 5000 }, () => ({
      name: first.name,
      target: 'a',
      outcome: 'pass' as const,
    }))
    const text = changesMarkdown({
      ...changes,
      regressions: many,
      repairs: many,
      others: many,
      added: lone,
      vanished: lone,
    })
    expect(text.length).to.be.at.most(MARKDOWN_LIMIT)
    expect(text).to.match(/… \d+ more of 5000 are left out here/)
  })

  it('has a headline that counts one case as one', () => {
    const events = fixtureRun()
    const [first, second] = events.filter(({ type }) => type === 'case-finished')
    if (first === undefined || second === undefined) throw new Error('The fixture has finished cases.')
    const rest = events.filter(({ type }) => type !== 'case-finished' && type !== 'case-skipped')
    expect(headline(changesOf([...rest, first], [...rest, first]))).to.equal('no change in 1 case')
    expect(headline(changesOf([...rest, first], [...rest, first, second]))).to.equal(
      '1 new case; 1 case in both',
    )
  })
})
