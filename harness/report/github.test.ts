import { expect } from 'chai'
import fc from 'fast-check'
import { EVENTS, failures, nasty } from './example-events.test.ts'
import { renderGithub } from './github.ts'

describe('github report', () => {
  /** Workflow commands as a runner reads them: a line each. */
  const commands = (text: string) =>
    text.split(/\r\n|\r|\n/).flatMap((line) => {
      const found = /^::(\w+) (.*?)::(.*)$/.exec(line)
      return found === null ? [] : [{ kind: found[1], properties: found[2] ?? '', message: found[3] ?? '' }]
    })

  it('annotates the line of each case that needs a look', () => {
    const all = commands(renderGithub(EVENTS))
    expect(all.map(({ kind }) => kind)).to.deep.equal([
      'error',
      'error',
      'error',
      'error',
      'error',
      'error',
      'warning',
      'notice',
      'notice',
    ])
    expect(all[1]?.properties).to.equal(
      'file=suites/core/stream.yaml,line=12,title=fail%3A core/host-swap/data/policy%3Areject/family%3Aipv4 on reference',
    )
    expect(all[1]?.message).to.match(/expected reject towards sender, observed drop%0AData that/)
  })

  it('keeps to what GitHub shows, and says what is left out', () => {
    const all = commands(renderGithub([...failures(25), ...failures(3, 'inconclusive')]))
    expect(all.filter(({ kind }) => kind === 'error')).to.have.length(10)
    expect(all.filter(({ kind }) => kind === 'error').at(-1)?.message).to.match(
      /^16 more of 25 are left out here/,
    )
  })

  it('lets no text of a case make a command', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constant('a\r\n::set-output name=x::y')),
        (text) => {
          const lines = renderGithub(nasty(text)).split(/\r\n|\r|\n/)
          for (const line of lines.slice(0, -2)) expect(line).to.match(/^::(error|warning|notice) /)
          expect(lines).to.have.length(commands(renderGithub(EVENTS)).length + 2)
        },
      ),
      { seed: 5, numRuns: 100 },
    )
  })
})
