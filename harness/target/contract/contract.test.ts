import { expect } from 'chai'
import { CHECKS, describeTarget } from '../contract.ts'
import { ReferenceTarget } from '../reference/reference.ts'
import { Bench } from './bench.ts'
import { WRONG_BEHAVIOUR } from './example-wrong-behaviour.test.ts'
import { WRONG_CAPABILITIES } from './example-wrong-capabilities.test.ts'

const WRONG = [...WRONG_BEHAVIOUR, ...WRONG_CAPABILITIES]

describeTarget('reference', () => new ReferenceTarget('test'))

describe('target/contract', () => {
  for (const { does, target, check: name, says } of WRONG)
    it(`tells a target that ${does}`, async () => {
      const check = CHECKS.find((each) => each.name === name)
      const thrown = await check?.run(new Bench(target())).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(thrown).to.be.an('error').with.property('message').that.contains(says)
    })

  it('has a wrong target for each of its checks', () => {
    const told = new Set(WRONG.map(({ check }) => check))
    expect(CHECKS.map(({ name }) => name).filter((name) => !told.has(name))).to.deep.equal([])
  })
})
