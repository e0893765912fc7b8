import { expect } from 'chai'
import type { Case, Expectation, Level } from '../model/case.ts'
import type { Mark } from '../model/setup.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { weakWarnings } from './weak-warnings.ts'

function caseOf(name: string, input: SetupInput, level: Level = 'core', mark: Mark = 'DOC'): Case {
  const expectation: Expectation = {
    kind: 'counter',
    counter: 'ReceivedPackets',
    equals: 1,
    level,
    provenance: { mark, where: 'somewhere' },
  }
  return {
    name,
    suite: 'test',
    file: 'test.yaml',
    line: 1,
    rows: [],
    tags: [],
    requirement: '',
    axes: {},
    capture: '',
    flow: 0,
    endpoints: 'recorded',
    setup: makeSetup(input),
    injections: [],
    expectations: [expectation],
  }
}

function warningsOf(...cases: readonly Case[]): string[] {
  return [...weakWarnings(cases)].map((event) =>
    event.type === 'warning' ? `${event.code} ${event.message}` : event.type,
  )
}

describe('run/weak-warnings', () => {
  it('says nothing of a run that rests on documents and sources', () => {
    expect(warningsOf(caseOf('a', { policy: 'reject', profile: 'suricata-7' }))).to.be.empty
    expect(warningsOf()).to.be.empty
  })

  it('names the weak settings of each profile once, and only those that matter in some setup', () => {
    const warnings = warningsOf(
      caseOf('a', { policy: 'continue' }),
      caseOf('b', { policy: 'continue', hosts: 3 }),
      caseOf('c', { policy: 'drop', profile: 'suricata-7', sharing: 'replication' }),
    )
    expect(warnings).to.deep.equal([
      'WARN_WEAK_PROFILE Profile aws-nfw has from memory or inference: missAfterExpiry (INF), continueMode (INF), asyncOneside (INF); flowbreak profile show aws-nfw says why.',
      'WARN_WEAK_PROFILE Profile suricata-7 has from memory or inference: dropMarkReplicated (INF), importLiberal (INF); flowbreak profile show suricata-7 says why.',
    ])
    expect(warningsOf(caseOf('a', { generation: 'next', mode: 'monitor' }))).to.have.length(1)
  })

  it("names the file of a user's own profile, and the profile that it extends, which can be shown", () => {
    const own = { name: 'mine', extends: 'suricata-7', knobs: {} }
    expect(warningsOf(caseOf('a', { profile: own, sharing: 'replication' }))).to.deep.equal([
      'WARN_WEAK_PROFILE Profile mine has from memory or inference: dropMarkReplicated (INF), importLiberal (INF); its file and flowbreak profile show suricata-7 say why.',
    ])
  })

  it('says how many expectations nobody has looked at, and of how many cases', () => {
    const strong = { profile: 'suricata-7' }
    const proposal = (name: string): Case => {
      const test = caseOf(name, strong, 'provisional')
      return { ...test, expectations: test.expectations.map((one) => ({ ...one, unreviewed: true })) }
    }
    const two = {
      ...proposal('b'),
      expectations: [...proposal('b').expectations, ...proposal('b').expectations],
    }
    expect(warningsOf(caseOf('a', strong), two, proposal('c'))).to.deep.equal([
      'WARN_UNREVIEWED 3 expectations of 2 cases are unreviewed and can fail nothing, the first of them of b: flowbreak suite check names the lines.',
    ])
    expect(warningsOf(proposal('c'))[0]).to.match(/ 1 expectation of 1 case is unreviewed /)
  })

  it('names the first case that can fail by what is weak; a provisional expectation fails nothing', () => {
    const strong = { profile: 'suricata-7' }
    const weak = caseOf('test/weak', strong, 'extended', 'INF')
    expect(warningsOf(caseOf('a', strong), weak, caseOf('b', strong, 'provisional', 'MEM'))).to.deep.equal([
      'WARN_WEAK_EXPECTATION 1 case can fail by an expectation that rests on memory or inference alone, the first of them test/weak.',
    ])
    expect(warningsOf(weak, caseOf('c', strong, 'extended', 'MEM'))[0]).to.match(
      /^WARN_WEAK_EXPECTATION 2 cases can fail/,
    )
  })
})
