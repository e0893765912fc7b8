import { expect } from 'chai'
import { caseResults } from '../../log/cases.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { fixtureRun } from '../fixtures/run.ts'
import { caseView } from './case-view.ts'
import { Words } from './words.ts'

function viewOf(part: string, change: (finished: CaseFinished) => CaseFinished = (finished) => finished) {
  const finished = fixtureRun().find(
    (event): event is CaseFinished => event.type === 'case-finished' && event.case.name.includes(part),
  )
  const [result] = finished === undefined ? [] : caseResults([change(finished)])
  if (result === undefined) throw new Error(`The fixture has a case ${part}.`)
  const words = new Words()
  const view = caseView(result, false, words)
  const shown = (column: readonly number[] = []) => column.map((at) => words.list[at])
  return { view, expected: shown(view.trace?.expected), held: view.trace?.held }
}

describe('caseView', () => {
  it('puts what was expected beside every packet that an expectation speaks of', () => {
    const { expected, held } = viewOf('policy:reject/family:ipv4')
    expect(expected).to.deep.equal([...Array(5).fill('forward'), 'reject towards sender', undefined])
    expect(held).to.deep.equal([1, 1, 1, 1, 1, 3, 0])
  })

  it('tells what is provisional from what fails', () => {
    expect(viewOf('policy:continue/family:ipv4').held).to.deep.equal([1, 1, 1, 1, 1, 2, 2])
  })

  it('sees what was not met where the log no longer writes it out', () => {
    const { held } = viewOf('policy:reject/family:ipv4', (finished) => ({ ...finished, mismatches: [] }))
    expect(held).to.deep.equal([1, 1, 1, 1, 1, 3, 0])
  })

  it('makes one of mismatches that are alike', () => {
    const { view } = viewOf('policy:reject/family:ipv4', (finished) => {
      const [first, second] = finished.mismatches
      if (first === undefined || second === undefined) throw new Error('It has two mismatches.')
      return { ...finished, mismatches: [first, { ...first, index: 6 }, { ...first, index: 4 }, second] }
    })
    expect(view.mismatches.map(({ where, more }) => [where, more])).to.deep.equal([
      ['packet 6, after host-swap', 2],
      ['packet 7, after host-swap', 0],
    ])
  })

  it('says impact, controls and counters in words', () => {
    const { view } = viewOf('core/everything')
    expect(new Map(view.facts).get('impact')).to.equal('reset after 400.4s, felt first by the client')
    expect(view.trace?.note).to.equal('5 of 6 controls came out; verdicts known 10 by log')
    expect(view.counters).to.deep.include(['StreamExceptionPolicyPackets', [0, 1]])
  })
})
