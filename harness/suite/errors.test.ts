import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { loadSuite } from './cases.ts'
import { MISTAKES, suiteWith } from './example-mistakes.test.ts'
import { thrownBy, withFiles } from './helpers.test.ts'

function mistakes(text: string): readonly string[] {
  return withFiles({ 's.yaml': text, 'c.pcap': '' }, (folder) => {
    const { code, lines } = thrownBy(() => loadSuite(join(folder, 's.yaml'), { captures: [] }), folder)
    expect(code).to.be.oneOf(['ERR_SUITE', undefined])
    return lines.map((line) => line.replace(/^s\.yaml:/, ''))
  })
}

describe('suite errors', () => {
  for (const [what, text, ...expected] of MISTAKES)
    it(`are told of ${what}`, () => {
      expect(mistakes(text)).to.have.members(expected)
    })

  it('are all told, sorted by place', () => {
    const text = suiteWith({
      capture: 'd',
      inject: '[{ host-swap: x }]',
      expect: '{ befor: drop, before: dorp }',
      level: 'hi',
    })
    expect(mistakes(text).map((line) => line.replace(/: .*/, ''))).to.deep.equal([
      '8:14',
      '9:27',
      '10:15',
      '10:36',
      '11:12',
    ])
  })

  it('leave a good suite alone', () => {
    expect(mistakes(suiteWith({}))).to.deep.equal([])
  })

  it('are told of more than 200,000 cases in one suite, which are not made', () => {
    const numbers = Array.from({ length: 100 }, (_, i) => i)
    const [, body = ''] = suiteWith({}).split('cases:\n')
    const entries = (count: number) =>
      Array.from({ length: count }, (_, i) => body.replace('name: a', `name: a${i}`)).join('')
    const head = `suite: s\ntitle: T\nmatrix: { x: [${numbers}], y: [${numbers}] }\ncases:\n`
    const one = body.replace('name: a', 'name: b\n    matrix: { x: [1], y: [1] }')
    expect(mistakes(head + entries(20) + one)).to.deep.equal([
      '4:1: The cases of this suite are more than 200,000: part them into several suites.',
    ])
  })

  it('are bounded for alias bombs, endless nesting, cycles and huge files', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) => `b${i}: &b${i} [${Array(9).fill(i === 0 ? 'x' : `*b${i - 1}`)}]`,
    )
    expect(mistakes(bomb.join('\n'))[0]).to.match(/^1:1: The file cannot be read \(Excessive alias count/)
    expect(mistakes(`suite: ${'['.repeat(5000)}${']'.repeat(5000)}`)[0]).to.match(/^1:\d+: /)
    expect(mistakes(`suite: ${'['.repeat(100)}${']'.repeat(100)}`)).to.deep.equal([
      '1:1: The file nests deeper than 64 levels.',
    ])
    expect(mistakes('suite: &a [*a]')[0]).to.match(/^1:1: The file (nests|cannot be read)/)
    expect(mistakes(`# ${'x'.repeat(9_000_000)}`)[0]).to.match(/^1:1: The file has 9000002 bytes/)
  })

  it('are told of files that are not there and of folders', () => {
    withFiles({}, (folder) => {
      const { code, lines } = thrownBy(() => loadSuite(join(folder, 'none.yaml'), { captures: [] }), folder)
      expect([code, lines[0]]).to.deep.equal(['ERR_SUITE', lines[0]])
      expect(lines[0]).to.equal(
        'none.yaml cannot be read (ENOENT: no such file or directory): check the path.',
      )
      expect(thrownBy(() => loadSuite(folder, { captures: [] }), folder).lines[0]).to.match(
        /cannot be read \(EISDIR: illegal operation on a directory\): check the path\.$/,
      )
    })
  })

  it('are the only thing that a damaged suite throws', () => {
    const text = suiteWith({
      expect:
        '{ before: { policy: { drop: { first: drop, c2s: blocked }, reject: [drop] } }, counters: { DroppedPackets: 1 } }',
    })
    const splice = fc.record({
      at: fc.nat(text.length),
      cut: fc.nat(12),
      put: fc.constantFrom(
        '',
        '{',
        '}',
        '[',
        ']',
        ': ',
        '\n',
        '- ',
        '&a ',
        '*a',
        '{x}',
        '__proto__: ',
        'null',
        '1',
        '\t',
        '"',
        '? ',
        '<<: ',
      ),
    })
    fc.assert(
      fc.property(fc.array(splice, { minLength: 1, maxLength: 4 }), (splices) => {
        let damaged = text
        for (const { at, cut, put } of splices) damaged = damaged.slice(0, at) + put + damaged.slice(at + cut)
        for (const line of mistakes(damaged)) expect(line).to.match(/^\d+:\d+: /)
      }),
      { seed: 31, numRuns: 300 },
    )
  })
})
