import { expect } from 'chai'
import fc from 'fast-check'
import { compilePattern } from './pattern.ts'

const NAMES = [
  'core/host-swap/data/policy:drop',
  'core/host-swap/fin/policy:reject',
  'core/idle/policy:drop',
  'core-more/idle/policy:drop',
]

function chosen(pattern: string): readonly number[] {
  const matches = compilePattern(pattern)
  return NAMES.flatMap((name, index) => (matches(name) ? [index] : []))
}

/** The definition, as slow as it is plain. */
function matchesPlainly(pattern: readonly string[], name: readonly string[]): boolean {
  const [wanted, ...more] = pattern
  if (wanted === undefined) return name.length === 0
  if (wanted === '**')
    return matchesPlainly(more, name) || (name.length > 0 && matchesPlainly(pattern, name.slice(1)))
  const [found, ...others] = name
  return found !== undefined && component([...wanted], [...found]) && matchesPlainly(more, others)
}

function component(pattern: readonly string[], text: readonly string[]): boolean {
  const [wanted, ...more] = pattern
  if (wanted === undefined) return text.length === 0
  if (wanted === '*') return component(more, text) || (text.length > 0 && component(pattern, text.slice(1)))
  return wanted === text[0] && component(more, text.slice(1))
}

describe('plan/pattern', () => {
  it('takes a path without stars for all below it', () => {
    expect(chosen('core')).to.deep.equal([0, 1, 2])
    expect(chosen('core/host-swap')).to.deep.equal([0, 1])
    expect(chosen('core/host')).to.deep.equal([])
    expect(chosen('core/idle/policy:drop')).to.deep.equal([2])
  })

  it('takes a star for one component or part of one, two stars for any number of components', () => {
    expect(chosen('*/idle/*')).to.deep.equal([2, 3])
    expect(chosen('core/*')).to.deep.equal([])
    expect(chosen('core/**')).to.deep.equal([0, 1, 2])
    expect(chosen('**/policy:drop')).to.deep.equal([0, 2, 3])
    expect(chosen('core*/**/policy:*')).to.deep.equal([0, 1, 2, 3])
    expect(chosen('**/fin/**')).to.deep.equal([1])
    expect(chosen('**')).to.deep.equal([0, 1, 2, 3])
    expect(chosen('core/**/host-swap/**')).to.deep.equal([0, 1])
  })

  it('refuses empty components', () => {
    for (const pattern of ['', '/', 'a//b', '/a', 'a/'])
      expect(() => compilePattern(pattern), pattern)
        .to.throw(/is not a pattern/)
        .with.property('code', 'ERR_PATTERN')
  })

  it('means what its definition says', () => {
    const letter = fc.constantFrom('a', 'b')
    const text = fc.string({ unit: letter, minLength: 1, maxLength: 4 })
    const wild = fc.string({ unit: fc.oneof(letter, fc.constant('*')), minLength: 1, maxLength: 4 })
    const part = fc.oneof(wild, fc.constant('**'))
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.array(text, { minLength: 1, maxLength: 5 }),
        (pattern, name) => {
          // Without a star it is a prefix, so give it one.
          const parts = [...pattern, '**']
          expect(compilePattern(parts.join('/'))(name.join('/'))).to.equal(matchesPlainly(parts, name))
        },
      ),
      { seed: 41, numRuns: 2000 },
    )
  })

  it('takes every name for itself, and for all below itself', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ':', '#', '.', '+', '('),
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), text, (parts, more) => {
        const name = parts.join('/')
        const matches = compilePattern(name)
        expect([matches(name), matches(`${name}/${more}`), matches(name + more)]).to.deep.equal([
          true,
          true,
          false,
        ])
      }),
      { seed: 42 },
    )
  })

  it('is not slowed down by many stars', () => {
    const matches = compilePattern(`${'**/'.repeat(40)}${'*a'.repeat(40)}x`)
    expect(matches(`${'a/'.repeat(200)}${'a'.repeat(200)}`)).to.equal(false)
  })
})
