import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { DIFFERENCES } from './differences.test.ts'

describe('engine: documented differences', () => {
  const text = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8')
  const lines = [...text.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$/gm)]

  it('are ten at most, each a line of the page and a predicate', () => {
    expect(lines.map(([, id, engine]) => `${id} ${engine}`)).to.deep.equal(
      DIFFERENCES.map(({ id, realEngine }) => `${id} ${realEngine}`),
    )
    expect(DIFFERENCES.length).to.be.within(1, 10)
  })

  it('are rules, not recordings', () => {
    for (const [, id, , rule] of lines) expect(rule, id).to.not.match(/\.pcap/)
  })
})
