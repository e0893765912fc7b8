import { expect } from 'chai'
import { plainJson, plainLine, plainLines } from './steering.ts'

const ALL = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit))
/** In Unicode's words: controls, lone surrogates, and what turns or parts a line (UAX 9, 2.1–2.7; U+2028 and U+2029). */
const STEERS = /^[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]$/u
const steering = ALL.filter((unit) => STEERS.test(unit))

describe('support: what steers a terminal', () => {
  it('is shown as its code point, in a line everything', () => {
    expect(ALL.filter((unit) => plainLine(`a${unit}b`) !== `a${unit}b`)).to.deep.equal(steering)
    expect(plainLine('a\u{1b}[2Jb\n')).to.equal('a\\u{1b}[2Jb\\u{a}')
  })

  it('is so in lines, but for their ends and tabs', () => {
    const shown = ALL.filter((unit) => plainLines(`a${unit}b`) !== `a${unit}b`)
    expect(shown).to.deep.equal(steering.filter((unit) => unit !== '\n' && unit !== '\t'))
  })

  it('is escaped in JSON, and read back as it was', () => {
    for (const indent of [undefined, 2]) {
      const text = plainJson(ALL, indent)
      expect(JSON.parse(text)).to.deep.equal(ALL)
      expect([...text].filter((unit) => STEERS.test(unit) && unit !== '\n')).to.deep.equal([])
    }
  })

  it('is no pair of surrogates', () => {
    expect(plainLine('\u{1f512}')).to.equal('\u{1f512}')
    expect(plainJson('\u{1f512}')).to.equal('"\u{1f512}"')
  })
})
