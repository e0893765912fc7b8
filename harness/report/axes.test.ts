import { expect } from 'chai'
import { axesOf } from './axes.ts'
import { finished, summary } from './fixtures/case.ts'

/** The values of an axis, where cases with them were logged in this order. */
function valuesLogged(name: string, ...values: readonly string[]): readonly string[] | undefined {
  const results = values.map((value) => finished(summary('data', { [name]: value }), 'pass'))
  return axesOf(results)[0]?.values
}

describe('report/axes', () => {
  it('has policies and families in the usual order, whatever ended or was skipped first', () => {
    expect(valuesLogged('policy', 'reject', 'continue', 'drop')).to.deep.equal(['drop', 'reject', 'continue'])
    expect(valuesLogged('policy', 'continue', 'drop')).to.deep.equal(['drop', 'continue'])
    expect(valuesLogged('family', 'ipv6', 'ipv4')).to.deep.equal(['ipv4', 'ipv6'])
  })

  it('has other values in the order in which they came', () => {
    expect(valuesLogged('gap', '900s', '60s')).to.deep.equal(['900s', '60s'])
    expect(valuesLogged('verdict', 'reject', 'answered', 'drop')).to.deep.equal([
      'reject',
      'answered',
      'drop',
    ])
  })
})
