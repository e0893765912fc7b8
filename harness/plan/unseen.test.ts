import { expect } from 'chai'
import type { Case } from '../model/case.ts'
import type { Capabilities } from '../model/target.ts'
import { loadSuites } from '../run/suites.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import { lacks } from './capabilities.ts'
import { withoutUnseen } from './unseen.ts'

const ALL = new ReferenceTarget('test').capabilities
const WIRE: Capabilities = { ...ALL, observes: ['verdict', 'emitted'] }

describe('withoutUnseen', () => {
  const cases = loadSuites([], [new URL('../../', import.meta.url).pathname]).flatMap((suite) => suite.cases)
  const asks = ({ expectations }: Case) =>
    expectations.some((each) => each.kind === 'packets' && (each.reason ?? each.parts) !== undefined)

  it('leaves a case as it is on a target that sees everything', () => {
    for (const test of cases) expect(withoutUnseen(test, ALL)).to.equal(test)
  })

  it('takes from provisional expectations what the target cannot see, and nothing else', () => {
    const playable = cases.filter((test) => lacks(test, WIRE) === undefined)
    expect(playable.filter(asks)).to.not.have.length(0)
    for (const test of playable) {
      const seen = withoutUnseen(test, WIRE)
      expect(asks(seen), test.name).to.equal(false)
      const firm = ({ expectations }: Case) => expectations.filter(({ level }) => level !== 'provisional')
      expect(firm(seen)).to.deep.equal(firm(test))
      expect({ ...seen, expectations: [] }).to.deep.equal({ ...test, expectations: [] })
      expect(seen.expectations).to.not.have.length(0)
      // Verdicts are still held to what was expected.
      const verdicts = ({ expectations }: Case) =>
        expectations.flatMap((each) =>
          each.kind === 'packets' ? [[each.phase, each.which, each.conforms]] : [],
        )
      expect(verdicts(seen)).to.deep.equal(verdicts(test))
    }
  })

  it('of a case that asks for nothing else, leaves all', () => {
    const standing = { level: 'provisional', provenance: { mark: 'INF', where: 'nowhere' } } as const
    const [test] = cases as [Case]
    const counted: Case = {
      ...test,
      expectations: [{ kind: 'counter', counter: 'DroppedPackets', equals: 1, ...standing }],
    }
    expect(withoutUnseen(counted, WIRE)).to.equal(counted)
  })
})
