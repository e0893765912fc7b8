import { expect } from 'chai'
import { fixtureRun, NASTY } from '../../fixtures/run.ts'
import { renderHtml } from '../../html.ts'
import type { View } from '../view.ts'
import { caseOfHash, hashOf, matrix, select } from './matrix.js'

const page = renderHtml(fixtureRun())
const view: View = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '')
const all = { text: '', outcomes: new Set<string>(), suite: '' }
const none = new Set<string>()
const find = (choice: Partial<typeof all>) => select(view, { ...all, columns: none, ...choice })

describe('select', () => {
  it('filters by words, outcomes and suite together', () => {
    expect(find({})).to.have.length(15)
    expect(find({ outcomes: new Set(['pass', 'fail']) })).to.have.length(7)
    expect(find({ suite: 'palo-alto' })).to.have.length(2)
    expect(find({ text: 'REJECT  ipv4 swap/data' })).to.have.length(2)
    expect(find({ text: 'reject', outcomes: new Set(['skipped']), suite: 'palo-alto' })).to.have.length(1)
    expect(find({ text: 'no such case' })).to.deep.equal([])
  })
})

describe('matrix', () => {
  const indices = view.cases.map((_, index) => index)
  const headsOf = (chosen: string[]) =>
    [...`${matrix(view, indices, new Set(chosen))}`.matchAll(/<th scope="col">(.*?)<\/th>/g)].map(
      ([, text = '']) =>
        text
          .replaceAll(/<\/?span>/g, ' ')
          .trim()
          .replaceAll(/\s+/g, ' '),
    )

  it('has a column for each combination of the chosen axes, those without the axis last', () => {
    expect(headsOf(['policy'])).to.deep.equal(['drop', 'reject', 'continue', 'no policy'])
    expect(headsOf(['policy', 'target']).slice(0, 2)).to.deep.equal(['reference drop', 'reference reject'])
    expect(headsOf([])).to.deep.equal(['outcome'])
  })

  it('holds every case once, by any axes', () => {
    for (const chosen of [[], ['policy'], ['policy', 'family', 'target']]) {
      const cells = [...`${matrix(view, indices, new Set(chosen))}`.matchAll(/data-index="(\d+)"/g)]
      expect(cells.map(([, index]) => Number(index)).sort((a, b) => a - b)).to.deep.equal(indices)
    }
  })

  it('carries each outcome by a mark and a word, not by colour alone', () => {
    const text = `${matrix(view, indices, none)}`
    for (const [outcome, { mark }] of Object.entries(view.outcomes))
      expect(text).to.match(new RegExp(`aria-label="${outcome}: [^"]*">${mark.replace('?', '\\?')}</a>`))
  })
})

describe('the address of a case', () => {
  it('leads back to it, whatever its name', () => {
    view.cases.forEach((test, index) => {
      expect(caseOfHash(view, hashOf(test))).to.equal(index)
    })
    expect(caseOfHash(view, `#case=${encodeURIComponent(`aws-network-firewall/${NASTY}`)}`)).to.be.at.least(0)
    expect(caseOfHash(view, '')).to.equal(-1)
    expect(caseOfHash(view, '#case=none')).to.equal(-1)
  })
})
