import { expect } from 'chai'
import type { CaseFinished, Outcome, RunEvent } from '../model/run-log.ts'
import { fixtureRun } from '../report/fixtures/run.ts'
import { caseResults } from './cases.ts'
import { exitCodeOf, summarise } from './summary.ts'
import { totalsOf } from './totals.ts'

const EVENTS = fixtureRun()
const ONE = EVENTS.find((event): event is CaseFinished => event.type === 'case-finished') as CaseFinished
const as = (outcome: Outcome): RunEvent => ({ ...ONE, outcome })
const without = (type: RunEvent['type']) => EVENTS.filter((event) => event.type !== type)

describe('summarise', () => {
  const summary = summarise(EVENTS)

  it('counts by outcome, by suite and by target', () => {
    expect(summary.totals).to.deep.equal({
      pass: 6,
      fail: 1,
      flaky: 1,
      inconclusive: 1,
      error: 2,
      skipped: 2,
      'known-failure': 1,
      'unexpected-pass': 1,
    })
    expect(summary.suites.map(({ name, totals }) => [name, totals.pass, totals.skipped])).to.deep.equal([
      ['core', 5, 0],
      ['aws-network-firewall', 1, 0],
      ['palo-alto', 0, 2],
    ])
    expect(summary.targets.map(({ name, totals }) => [name, totals.pass, totals.error])).to.deep.equal([
      ['reference', 6, 0],
      ['lab', 0, 2],
    ])
  })

  it('lists what a target lacks and why it could not be used', () => {
    expect(summary.targets[0]?.lacks).to.deep.equal([{ capability: 'sharing store', cases: 2 }])
    expect(summary.targets[1]).to.not.have.property('version')
    expect(summary.targets[1]?.problems).to.deep.equal([
      'The process exited with code 1 before it was ready.',
    ])
  })

  it('counts verdicts by level and by mark, both to the same sum', () => {
    const { tally, marks } = summary
    expect(tally.provisional).to.deep.equal({ checked: 2, met: 1 })
    const sum = Object.values(marks).reduce((all, one) => all + one, 0)
    expect(sum).to.equal(tally.core.checked + tally.extended.checked + tally.provisional.checked)
    expect(marks.INF).to.equal(2)
  })

  it('counts verdicts under the weakest mark of their level in a case', () => {
    const [first, second] = ONE.case.expectations
    if (first === undefined || second === undefined) throw new Error('The fixture has two expectations.')
    const weak = { ...second, provenance: { mark: 'MEM', where: '' } } as const
    const mixed = { ...ONE, case: { ...ONE.case, expectations: [first, weak] } }
    expect(summarise([mixed]).marks).to.include({ DOC: 0, MEM: ONE.tally.core.checked })
  })

  it('works the exit code out again, 130 where the run has no end', () => {
    expect(summary.exitCode).to.equal(1)
    const cut = summarise(without('run-finished'))
    expect(cut).to.include({ exitCode: 130, reason: 'unfinished' })
  })
})

describe('exitCodeOf', () => {
  const codeOf = (outcomes: readonly Outcome[], broken = false) =>
    exitCodeOf(totalsOf(outcomes.map((outcome) => ({ case: ONE.case, target: '', outcome }))), {
      interrupted: false,
      broken,
    })

  it('is that of the worst that happened', () => {
    expect(codeOf(['pass', 'known-failure', 'skipped'])).to.equal(0)
    for (const bad of ['fail', 'flaky', 'unexpected-pass'] as const)
      expect(codeOf(['pass', 'error', bad])).to.equal(1)
    for (const bad of ['error', 'inconclusive'] as const) expect(codeOf(['pass', bad])).to.equal(3)
    expect(codeOf(['pass'], true)).to.equal(3)
    expect(codeOf([])).to.equal(2)
    expect(codeOf(['skipped'])).to.equal(2)
  })
})

describe('caseResults', () => {
  const outcomeOf = (...outcomes: Outcome[]) => caseResults(outcomes.map(as)).map(({ outcome }) => outcome)

  it('counts a case once however often it is logged', () => {
    expect(outcomeOf('pass', 'pass')).to.deep.equal(['pass'])
    expect(caseResults([...EVENTS, ...EVENTS])).to.have.length(15)
  })

  it('lets what was found replace what could not be told, in either order', () => {
    expect(outcomeOf('error', 'pass')).to.deep.equal(['pass'])
    expect(outcomeOf('fail', 'inconclusive')).to.deep.equal(['fail'])
    expect(outcomeOf('error', 'inconclusive')).to.deep.equal(['inconclusive'])
  })

  it('hides no difference', () => {
    expect(outcomeOf('pass', 'fail')).to.deep.equal(['flaky'])
    expect(outcomeOf('fail', 'pass')).to.deep.equal(['flaky'])
    expect(caseResults([as('fail'), as('pass')])[0]?.finished).to.include({ outcome: 'fail' })
  })
})
