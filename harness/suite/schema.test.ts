import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { suiteSchema } from './schema.ts'

describe('suite/schema', () => {
  it('is what stands beside the suites', () => {
    const written = readFileSync(new URL('../../suites/suite.schema.json', import.meta.url), 'utf8')
    expect(
      JSON.parse(written),
      'write it anew with: flowbreak suite schema > suites/suite.schema.json',
    ).to.deep.equal(JSON.parse(JSON.stringify(suiteSchema())))
  })

  it('tells editors of keys, words and packets by number', () => {
    const text = JSON.stringify(suiteSchema())
    for (const part of [
      '"host-swap"',
      '"non-syn-miss"',
      '["drop","reject","continue"]',
      '^packet ([1-9]',
      '"not":{"enum":',
    ])
      expect(text).to.include(part)
    expect(text).to.include('"additionalProperties":false')
  })
})
