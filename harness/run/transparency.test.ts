import { expect } from 'chai'
import type { Case } from '../model/case.ts'
import { lacks } from '../plan/capabilities.ts'
import { tried } from '../target/example-played.test.ts'
import { makeTarget } from '../target/targets.ts'
import { casesOf, liveTarget, playedLive, segments } from './live-case.test.ts'
import { heldStrictly } from './transparency.ts'

const suite = (rest: string, profile = 'suricata-7', header = '') => `
suite: transparency
title: For tests
${header}
setup: { profile: ${profile}, hosts: [fw-a] }
cases:
  - name: one
    requirement: What goes in comes out.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    level: extended
    ${rest}
`

/** A device with another window for all. */
const rewriting = () => ({
  device: segments((arm, frame) => {
    const copy = frame.slice()
    new DataView(copy.buffer).setUint16(34, 7)
    return [{ arm: arm ^ 1, frame: copy }]
  }),
})

const unaltered = ({ expectations }: Case) => expectations.filter(({ kind }) => kind === 'unaltered')

describe('run/transparency', () => {
  it('a case that wants a field unaltered fails by its change, and by no other', async () => {
    const wanted = (fields: string) => suite(`expect: { before: forward, unaltered: ${fields} }`)
    const { outcome, mismatches } = await playedLive(rewriting, wanted('[mss, window]'))
    expect(outcome).to.equal('fail')
    expect(mismatches.map(({ expected }) => expected)).to.deep.equal(['mss, window unaltered'])
    expect(mismatches[0]?.observed).to.match(
      /^window \d+ → 7 \(packets? [\d, -]+\)(; window \d+ → 7 \([^)]+\))*$/,
    )
    expect((await playedLive(rewriting, wanted('[mss, addresses]'))).outcome).to.equal('pass')
  })

  it('strict wants all unaltered, of a suite or of a case, which has the last word', () => {
    const one = (rest: string, header?: string) =>
      unaltered(casesOf(suite(rest, undefined, header))[0] as Case)
    const expected = 'expect: { before: forward }'
    expect(one(`transparency: strict\n    ${expected}`)).to.have.length(1)
    expect(one(expected, 'transparency: strict')).to.have.length(1)
    expect(one(`transparency: translated\n    ${expected}`, 'transparency: strict')).to.deep.equal([])
    expect(one(expected)).to.deep.equal([])
    expect(() => one(`transparency: strickt\n    ${expected}`)).to.throw(/"strickt" is not a transparency/)
    expect(() => one('expect: { before: forward, unaltered: [msss] }')).to.throw(/Did you mean "mss"/)
  })

  it('a run or a target that is strict holds the cases to it that say nothing themselves', () => {
    const [silent] = casesOf(suite('expect: { before: forward }'))
    const [translated] = casesOf(suite('transparency: translated\n    expect: { before: forward }'))
    const cases = [silent, translated] as Case[]
    const asked = { by: 'the run', transparency: 'strict' } as const
    const held = heldStrictly(cases, asked).map((test) => unaltered(test))
    expect(held.map(({ length }) => length)).to.deep.equal([1, 0])
    expect(held[0]?.[0]).to.deep.include({ level: 'core', fields: ['all'] })
    expect(heldStrictly(cases, { ...asked, transparency: 'translated' })).to.equal(cases)
  })

  it('cases that want it are not played where alterations cannot be seen', () => {
    const [test] = casesOf(suite('expect: { before: forward, unaltered: all }')) as [Case]
    const { capabilities } = liveTarget(rewriting)
    expect(lacks(test, capabilities)).to.equal(undefined)
    const blind = { ...capabilities, observes: ['verdict', 'emitted'] as const }
    expect(lacks(test, blind)).to.equal('observes alterations')
  })

  it('strict lists exactly what a masquerade of the kernel changes', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const name = 'netfilter'
    const target = await makeTarget(
      { kind: 'netfilter', nat: 'masquerade', transparency: 'strict' },
      { name, version: 'test' },
    )
    const cases = casesOf(
      suite('matrix: { policy: [drop] }\n    expect: { before: forward }', 'linux-conntrack'),
    )
    const held = heldStrictly(cases, { by: name, transparency: target.transparency })
    const { told, problems } = await tried(target, held)
    expect(problems).to.deep.equal([])
    const [finished] = told.values()
    expect(finished?.outcome).to.equal('fail')
    const observed = finished?.mismatches[0]?.observed.split('; ') ?? []
    const fields = new Set(observed.map((change) => change.replace(/ \S+ → .*/, '')))
    expect([...fields].sort()).to.deep.equal(['destination', 'source'])
    const packets = new Set(finished?.sightings?.flatMap(({ indices }) => indices))
    expect(packets.size).to.equal(finished?.trace?.number.length)
  }).timeout(120_000)
})
