import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { makeSetup } from '../../suite/setup.ts'
import { gapLacks } from './gaps.ts'

describe('target/suricata-live/gaps', () => {
  const silent = (seconds: number, every?: number) =>
    ({
      setup: makeSetup({ profile: 'suricata-7', 'tcp-idle': 350 }),
      injections: [
        {
          kind: 'idle-gap',
          gap: seconds * 1e9,
          ...(every === undefined ? {} : { keepalive: { every: every * 1e9, from: 'client' } }),
        },
      ],
    }) as unknown as Case

  it('refuses silences that a clock of whole seconds cannot tell from a time-out', () => {
    const refused = (scale: number) =>
      [340, 347, 349, 350, 351, 354, 355, 400].filter((gap) => gapLacks(silent(gap), scale) !== undefined)
    expect(refused(5)).to.deep.equal([349, 350, 351, 354])
    expect(refused(1)).to.deep.equal([350])
    expect(gapLacks(silent(351), 5)).to.equal('a clock that tells 351 s from 350 s')
  })

  it('with keepalives, what counts is the silence between two of them', () => {
    expect(gapLacks(silent(351, 100), 5)).to.equal(undefined)
    expect(gapLacks(silent(1000, 350), 5)).to.equal('a clock that tells 350 s from 350 s')
  })
})
