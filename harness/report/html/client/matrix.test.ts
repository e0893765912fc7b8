import { expect } from 'chai'
import fc from 'fast-check'
import { fixtureRun } from '../../fixtures/run.ts'
import { pageData } from '../page-index.ts'
import { shownRuns } from '../sides.ts'
import { type Address, hashOf, NOWHERE, readAddress } from './address.ts'
import { byName, entriesOf } from './entries.ts'
import { matrix, suitesOf } from './matrix.ts'
import { differingNames, select } from './select.ts'

const { index } = pageData(shownRuns([fixtureRun()]))
const entries = entriesOf(index)
const differ = differingNames(byName(entries))
const find = (address: Partial<Address>) => select(entries, { ...NOWHERE, ...address }, differ)

describe('select', () => {
  it('filters by words, outcomes and suite together', () => {
    expect(find({})).to.have.length(15)
    expect(find({ outcomes: ['pass', 'fail'] })).to.have.length(7)
    expect(find({ suite: 'palo-alto' })).to.have.length(2)
    expect(find({ find: 'REJECT  ipv4 swap/data' })).to.have.length(2)
    expect(find({ find: 'reject', outcomes: ['skipped'], suite: 'palo-alto' })).to.have.length(1)
    expect(find({ find: 'no such case' })).to.deep.equal([])
  })

  it('finds by the document, and what differs between targets', () => {
    expect(find({ find: 'developer guide', outcomes: ['fail'] })).to.have.length(1)
    expect(find({ differing: true })).to.have.length(4)
  })
})

describe('matrix', () => {
  const drawn = { index, address: NOWHERE }
  const draw = (chosen: string[], open = true) =>
    `${matrix(
      drawn,
      suitesOf(entries, () => false, new Map(entries.map(({ suite }) => [suite, open]))),
      chosen,
    )}`
  const headsOf = (chosen: string[]) =>
    [...draw(chosen).matchAll(/<th scope="col" class="value">(.*?)<\/th>/g)].map(([, text = '']) =>
      text.replaceAll(/<[^>]*>/g, ''),
    )

  it('has a column for each combination of the chosen axes, those without the axis last', () => {
    expect(headsOf(['policy'])).to.deep.equal(['drop', 'reject', 'continue'])
    expect(headsOf(['sharing', 'target'])).to.deep.equal(['none', 'no sharing', 'no sharing'])
    expect(headsOf(['family', 'target'])).to.deep.equal(['ipv4', 'ipv6', 'ipv4'])
    expect(headsOf([])).to.deep.equal(['cases'])
  })

  it('holds every case once, by any axes, and none where suites are closed', () => {
    for (const chosen of [[], ['policy'], ['policy', 'family', 'target']]) {
      const links = [...draw(chosen).matchAll(/class="mark o-[^"]*" href="([^"]*)"/g)].map(
        ([, href = '']) => href,
      )
      expect(new Set(links).size).to.equal(entries.length)
      expect(links).to.have.length(entries.length)
      expect(draw(chosen, false)).to.not.include('class="mark')
    }
  })

  it('carries each outcome by a mark and a word, not by colour alone', () => {
    const text = draw([])
    for (const { mark, word } of Object.values(index.outcomes))
      expect(text).to.match(new RegExp(`aria-label="${word}: [^"]*">${mark.replace('?', '\\?')}</a>`))
  })
})

describe('the address', () => {
  it('says what it was made of, whatever the names are', () => {
    const text = fc.string({ unit: 'grapheme' })
    const word = text.map((value) => value.replaceAll(',', '')).filter((value) => value !== '')
    const address = fc.record({
      find: text,
      outcomes: fc.array(word),
      suite: text,
      differing: fc.boolean(),
      columns: fc.option(fc.array(word), { nil: undefined }),
      name: word,
      side: text,
      beside: fc.boolean(),
    })
    fc.assert(
      fc.property(address, (given) => {
        expect(readAddress(hashOf(given))).to.deep.equal(given)
      }),
      { seed: 11, numRuns: 300 },
    )
  })
})
