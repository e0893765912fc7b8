import { join } from 'node:path'
import { expect } from 'chai'
import { loadSuite } from './cases.ts'
import { withFiles } from './helpers.test.ts'

const SUITE = `suite: mine
title: Mine
matrix: { policy: [drop, reject] }
cases:
  - name: one
    requirement: It is so.
    source: { mark: DOC, where: a guide }
    capture: c.pcap
    inject: [{ host-swap: 5 }]
    expect:
      before: forward
      after host-swap:
        policy:
          drop:
            first: { is: drop, unreviewed: false }
            rest: drop
            unreviewed: true
          reject: reject
      counters: { DroppedPackets: { equals: 3, unreviewed: true } }
  - name: two
    unreviewed: true
    requirement: It is so.
    source: { mark: DOC, where: a guide }
    capture: c.pcap
    expect: { before: forward }
`

function loaded() {
  return withFiles({ 's.yaml': SUITE, 'c.pcap': '' }, (folder) =>
    loadSuite(join(folder, 's.yaml'), { captures: [] }),
  )
}

describe('suite unreviewed', () => {
  it('marks what it stands in, and what is inside says otherwise', () => {
    const marks = loaded().cases.map(({ name, expectations }) => [
      name,
      expectations.map(({ level, unreviewed }) => `${level}${unreviewed === true ? ' unreviewed' : ''}`),
    ])
    expect(marks).to.deep.equal([
      ['mine/one/policy:drop', ['core', 'core', 'provisional unreviewed', 'provisional unreviewed']],
      ['mine/one/policy:reject', ['core', 'core', 'provisional unreviewed']],
      ['mine/two/policy:drop', ['provisional unreviewed']],
      ['mine/two/policy:reject', ['provisional unreviewed']],
    ])
  })

  it('is known with the place of every expectation and of its mark', () => {
    const suite = loaded()
    const [one] = suite.cases
    const places = one?.expectations.map((expectation) => {
      const { at, mark } = suite.placeOf(expectation)
      return [at, mark].map((place) => place && `${place.line}:${place.column}`)
    })
    expect(places).to.deep.equal([
      ['11:15', undefined],
      ['15:20', undefined],
      ['16:19', '17:25'],
      ['19:35', '19:60'],
    ])
    expect(suite.cases.map((test) => suite.entryOf(test))).to.deep.equal([0, 0, 1, 1])
    expect(suite.locate(['cases', 1, 'unreviewed'], 'key')).to.deep.equal({ line: 21, column: 5 })
  })
})
