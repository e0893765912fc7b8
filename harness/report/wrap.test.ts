import { expect } from 'chai'
import fc from 'fast-check'
import { hang, wrap, wrapItems, wrapLines, wrapName } from './wrap.ts'

const text = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 9 }), { maxLength: 30 })
  .map((words) => words.join(' '))

describe('report/wrap', () => {
  it('breaks between words or items, and leaves none out', () => {
    expect(wrap('one two three', 8, '  ')).to.equal('  one\n  two\n  three')
    expect(wrap(['one two', 'three'], 9, '', ' · ')).to.equal('one two\nthree')
    expect(wrapItems(['one two', 'three'], 5)).to.deep.equal(['one', 'two', 'three'])
    fc.assert(
      fc.property(text, fc.integer({ min: 12, max: 60 }), (words, width) => {
        const lines = wrap(words, width, '  ').split('\n')
        expect(lines.map((line) => line.trim()).join(' ')).to.equal(words)
        for (const line of lines) expect(line.length).to.be.at.most(width)
      }),
    )
  })

  it('does not count what only colours', () => {
    expect(wrap('\u001b[1mone\u001b[22m two', 7)).to.equal('\u001b[1mone\u001b[22m two')
    expect(hang('\u001b[1mone\u001b[22m  ', 'two three', 10)).to.equal(
      '\u001b[1mone\u001b[22m  two\n     three',
    )
  })

  it('hangs text beside its head', () => {
    expect(hang('run  ', 'play suites through a target', 20)).to.equal(
      'run  play suites\n     through a\n     target',
    )
    expect(hang('run  ', 'play suites', Number.POSITIVE_INFINITY)).to.equal('run  play suites')
  })

  it('puts the rest of a long line further in than its beginning', () => {
    expect(wrapLines('short\n  one two three four\n', 12)).to.equal('short\n  one two\n    three\n    four\n')
    expect(wrapLines('  one   two\n', 40)).to.equal('  one   two\n')
  })

  it('breaks a name after slashes, and the words about it between words', () => {
    expect(wrapName('core/resets/policy:drop', '', 40)).to.equal('core/resets/policy:drop')
    expect(wrapName('  core/resets/policy:drop', '  pass → fail', 18)).to.equal(
      '  core/resets/\n    policy:drop\n    pass → fail',
    )
  })
})
