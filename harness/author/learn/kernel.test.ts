import { expect } from 'chai'
import { getProfile } from '../../profile/index.ts'
import { makeTarget } from '../../target/targets.ts'
import { type KnobName, valuesOf } from './knob-values.ts'
import { LADDERS } from './ladders.ts'
import { learn } from './learn.ts'
import { Subject } from './subject.ts'

/** Words that the kernel shows, and the time-out that is over soonest: 2 s of its clock. */
const SHOWN: readonly KnobName[] = [
  ...(['tracker', 'windowCheck', 'rstStyle', 'resetOnExpiry', 'invalid', 'ignoreInvalidReset'] as const),
  ...(['badChecksum', 'fragmentOverlap', 'tcpClosed'] as const),
]
/** A minute is too long for a test: 2 s of its clock, which it sets in whole ones. */
const FRAGMENTS = { fragmentTimeout6: { value: 10, mark: 'INF', source: 'a test' } } as const
const OWN = { name: 'hasty', extends: 'linux-conntrack', knobs: FRAGMENTS } as const
const CLIMBED: readonly KnobName[] = ['tcpClosed', 'fragmentTimeout6']

describe('author/learn: the kernel of Linux', function () {
  this.timeout(180_000)

  it('is learned as the shipped profile has it, by its packets alone and on its own clock', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const target = await makeTarget({ kind: 'netfilter' }, { name: 'netfilter', version: 'test' })
    const { signal } = new AbortController()
    const subject = new Subject(target, OWN, signal, ['sync'])
    const ladders = LADDERS.filter(({ knob }) => CLIMBED.includes(knob))
    const learned = await learn(subject, { seed: 7, repeat: 1, longest: 12, mostFlows: 16, ladders, signal })
    expect([...learned.troubles]).to.deep.equal([])
    expect(learned.unexplained).to.deep.equal([])
    expect(learned.nearest).to.equal('linux-conntrack')
    const shipped = valuesOf(getProfile('linux-conntrack'))
    for (const knob of SHOWN)
      expect(learned.findings.get(knob), knob).to.have.property('value').deep.equal(shipped[knob])
    expect(learned.findings.get('fragmentTimeout6')).to.have.property('value', 10)
  })
})
