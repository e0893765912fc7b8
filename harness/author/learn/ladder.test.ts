import { expect } from 'chai'
import { getProfile } from '../../profile/index.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { Bench } from './bench.ts'
import { valuesOf } from './knob-values.ts'
import { Ladders } from './ladder.ts'
import { LADDERS } from './ladders.ts'
import { Model } from './model.ts'
import { Subject } from './subject.ts'

describe('author/learn: ladders', () => {
  const { signal } = new AbortController()

  it('show a time-out behind waits of their own, which must not outlast the shortest that is supposed', async () => {
    const bench = new Bench(new Subject(new ReferenceTarget('test'), 'linux-conntrack', signal), 1, 1)
    const only = LADDERS.filter(({ knob, setup }) => knob === 'udpEstablished' && setup === 'drop')
    const ladders = new Ladders(new Model(true, signal), bench, { longest: 3600, mostFlows: 16 }, only)
    const boundary = (await ladders.climb(valuesOf(getProfile('linux-conntrack')), true)).get(
      'udpEstablished',
    )
    expect(boundary).to.deep.include({ last: 119, first: 120 })
  })
})
