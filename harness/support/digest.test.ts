import { expect } from 'chai'
import { digestOf } from './digest.ts'

describe('digestOf', () => {
  it('gives 16 digits, the same ones for the same text', () => {
    expect(digestOf('a text')).to.match(/^[0-9a-f]{16}$/)
    expect(digestOf('a text')).to.equal(digestOf('a text'))
  })

  it('tells texts apart that differ in little', () => {
    const texts = Array.from({ length: 50_000 }, (_, index) => `{"policy":"drop","tcpIdle":${index}}`)
    expect(new Set(texts.map(digestOf)).size).to.equal(texts.length)
    expect(digestOf('ab')).to.not.equal(digestOf('ba'))
  })
})
