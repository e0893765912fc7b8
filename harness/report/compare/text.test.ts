import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Comparison } from '../../model/comparison.ts'
import { comparisonOf } from '../fixtures/comparison.ts'
import { comparisonLines } from './text.ts'

function textOf(comparison: Comparison, columns = 80, colour = false, all = false): string {
  return [...comparisonLines(comparison, { columns, colour, live: colour }, all)].join('\n')
}

const THREE = { drop: 'fffffdddd', reject: 'fffffrddd', continue: 'fffffffff' }

describe('text of a comparison', () => {
  it('has a row a value: totals, first difference, who decided, resets', () => {
    const text = textOf(comparisonOf(THREE, 6), 100)
    expect(text).to.match(/^drop +5 +4 +0 +0 +0 +– +fw-a:5 fw-b:4 +–$/m)
    expect(text).to.match(/^reject +5 +3 +1 +0 +0 +packet 6 +fw-a:5 fw-b:4 +server:1$/m)
    expect(text).to.match(/^continue +9 +0 +0 +0 +0 +packet 6 +fw-a:5 fw-b:4 +–$/m)
  })

  it('has no column for what never happened where there is no room, and says so', () => {
    const text = textOf(comparisonOf(THREE, 6))
    expect(text).not.to.match(/^policy.*answered/m)
    expect(text).to.contain('No packet was answered or undecided.')
    const rare = textOf(comparisonOf({ ...THREE, other: 'aaauuuuuu' }, 6))
    expect(rare).to.match(/^policy.*answered +undecided/m)
    expect(rare).to.match(/^other.* 3 +6 /m)
  })

  it('has what a row would hold below each value where no table fits', () => {
    const text = textOf(comparisonOf({ ...THREE, strict: '' }, 6), 40)
    expect(text).to.contain(
      '\n1 drop\n  forward 5\n  drop 4\n  reject 0\n  decided by fw-a:5 fw-b:4\n2 reject\n',
    )
    expect(text).to.contain(
      '  differs at packet 6\n  decided by fw-a:5 fw-b:4\n  resets to server:1\n3 continue\n',
    )
    expect(text).to.match(/\n4 strict\n {2}The system cannot be set to policy\n {2}"strict"\.\n/)
  })

  it('has a lane a value, differing cells marked, and a line for resets', () => {
    const lines = textOf(comparisonOf(THREE, 6)).split('\n')
    const at = lines.findIndex((line) => line.startsWith('-- after host-swap'))
    expect(lines[at + 1]).to.match(/^ ?6 .* s2c {2}PSH ACK 100 B .* drop fw-b +≠reject fw-b +≠forward fw-b$/)
    expect(lines[at + 2]).to.match(/^ +RST→server$/)
    expect(lines[at + 3]).to.match(/^ ?7 .* drop fw-b +drop fw-b +≠forward fw-b$/)
  })

  it('says why a value could not be played, in its row alone', () => {
    const text = textOf(comparisonOf({ drop: 'fd', continue: '' }))
    expect(text).to.match(/^continue +The system cannot be set to policy "continue"\.$/m)
    expect(text).not.to.match(/^ *# .*continue/m)
  })

  it('says that one value stands alone', () => {
    expect(textOf(comparisonOf({ drop: 'fd' }))).to.contain('There is one policy only, drop')
  })

  it('shows every packet where that is asked for', () => {
    const comparison = comparisonOf({ one: 'f'.repeat(50), other: 'f'.repeat(50) })
    const shown = (all: boolean) =>
      textOf(comparison, 80, false, all)
        .split('\n')
        .filter((line) => /^ *\d+ /.test(line)).length
    expect([shown(false), shown(true)]).to.deep.equal([0, 50])
  })

  it('keeps to the width, however many values there are, and shows every value', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ffdra.'), minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(40, 60, 80, 100, 120),
        fc.boolean(),
        (columns, width, long) => {
          const name = long ? 'a-long-profile-name' : 'v'
          const values = Object.fromEntries(columns.map((each, index) => [`${name}-${index}`, `f${each}`]))
          const text = textOf(comparisonOf(values, 3), width)
          for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(width)
          if (width < 80) return
          const head = text.split('\n').filter((line) => line.trimStart().startsWith('# '))
          for (const [index, value] of Object.keys(values).entries())
            expect(
              head.some((line) => line.split(/ +/).some((word) => word === value || word === `${index + 1}`)),
            ).to.equal(true)
        },
      ),
      { seed: 23, numRuns: 60 },
    )
  })

  it('shows the same with colours and without', () => {
    const comparison = comparisonOf(THREE, 6)
    expect(textOf(comparison, 80, true)).not.to.equal(textOf(comparison))
    expect(stripVTControlCharacters(textOf(comparison, 80, true))).to.equal(textOf(comparison))
  })

  it('lets nothing of a name steer the terminal', () => {
    const comparison = comparisonOf({ '\u001b]0;x\u0007': 'fd', 'b\u202e': '' }, 2)
    const text = textOf({ ...comparison, capture: 'a\u001b[2J.pcap' })
    expect(text.replaceAll('\n', '')).not.to.match(/[\p{Cc}\u202e]/u)
  })
})
