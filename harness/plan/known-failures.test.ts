import { join } from 'node:path'
import { expect } from 'chai'
import { thrownBy, withFiles } from '../suite/helpers.test.ts'
import { type KnownFailures, NO_KNOWN_FAILURES } from './known-failures.ts'
import { loadKnownFailures } from './read-known-failures.ts'

const LIST = `
- { pattern: core/host-swap, reason: It forgets the mark. }
- pattern: '**/policy:reject/**'
  reason: It sends no resets.
  expires: 2026-12-31
- { pattern: core/gone, reason: It was renamed. }
`

function load(text: string, today = '2026-12-31'): KnownFailures {
  return withFiles({ 'k.yaml': text }, (folder) => loadKnownFailures(join(folder, 'k.yaml'), today))
}

function mistakes(text: string): readonly string[] {
  return withFiles({ 'k.yaml': text }, (folder) => {
    const { code, lines } = thrownBy(() => loadKnownFailures(join(folder, 'k.yaml'), ''), folder)
    expect(code).to.equal('ERR_KNOWN_FAILURES')
    return lines
  })
}

describe('plan/known-failures', () => {
  it('names a case, with the first reason that fits', () => {
    const known = load(LIST)
    expect(known.find('core/host-swap/fin/policy:reject/family:ipv4')?.reason).to.equal(
      'It forgets the mark.',
    )
    expect(known.find('core/idle/policy:reject/family:ipv4')?.reason).to.equal('It sends no resets.')
    expect(known.find('core/idle/policy:drop')).to.equal(undefined)
    expect(NO_KNOWN_FAILURES.find('core')).to.equal(undefined)
    expect(load('').find('core')).to.equal(undefined)
  })

  it('excuses nothing after its last day', () => {
    const known = load(LIST, '2027-01-01')
    expect(known.find('core/idle/policy:reject/family:ipv4')).to.equal(undefined)
    expect(known.expired.map(({ pattern }) => pattern)).to.deep.equal(['**/policy:reject/**'])
    expect(load(LIST).expired).to.deep.equal([])
  })

  it('tells which entries name no case', () => {
    const unmatched = load(LIST).unmatched(['core/host-swap/fin', 'a/policy:reject/b'])
    expect(unmatched.map(({ pattern }) => pattern)).to.deep.equal(['core/gone'])
  })

  it('refuses what is no list, with its place', () => {
    const form = 'Write each case as - { pattern: suite/case/policy:*, reason: ticket 4711 }.'
    expect(load(form.slice(form.indexOf('-'), -1)).find('suite/case/policy:drop')?.reason).to.equal(
      'ticket 4711',
    )
    expect(mistakes('core: x')).to.deep.equal([
      `k.yaml:1:1: This is a mapping, but a list is expected. ${form}`,
    ])
    expect(mistakes('# tickets\ncore/a\ncore/b\n')).to.deep.equal([
      `k.yaml:2:1: This is text, but a list is expected. ${form}`,
    ])
    expect(mistakes('- core')).to.deep.equal([`k.yaml:1:3: This is text, but a mapping is expected. ${form}`])
    expect(mistakes('- { pattern: a }\n- { pattern: b, reason: " " }')).to.deep.equal([
      'k.yaml:1:3: "reason" is missing.',
      'k.yaml:2:25: This is empty.',
    ])
    expect(mistakes('- { pattern: a, reason: r, expire: 1 }')).to.deep.equal([
      'k.yaml:1:28: "expire" is not a key of this mapping. Did you mean "expires"?',
    ])
    const [pattern, feb, word] = mistakes(
      '- { pattern: a//b, reason: r }\n- { pattern: a, reason: r, expires: 2027-02-30 }\n- { pattern: a, reason: r, expires: soon }',
    )
    expect(pattern).to.match(/^k\.yaml:1:14: "a\/\/b" is not a pattern/)
    expect(feb).to.equal('k.yaml:2:37: "2027-02-30" is not a date: write it as in 2027-01-31.')
    expect(word).to.match(/^k\.yaml:3:37: "soon" is not a date/)
  })
})
