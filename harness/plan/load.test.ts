import { expect } from 'chai'
import fc from 'fast-check'
import { exceeded, Load } from './load.ts'

const SECOND = 1e9

describe('plan/load', () => {
  it('never tells of less than any second holds, nor of more than it and the slice after it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5e9 }), fc.integer({ min: 60, max: 1500 })), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.constantFrom(1, 50),
        (packets, scale) => {
          const load = new Load(SECOND * scale)
          for (const [at, bytes] of packets) load.add(at * scale, bytes, false)
          const within = (span: number) =>
            Math.max(
              ...packets.map(([from]) => packets.filter(([at]) => at >= from && at < from + span).length),
            )
          expect(load.peak().packets).to.be.at.least(within(SECOND))
          expect(load.peak().packets).to.be.at.most(within(1.2 * SECOND))
        },
      ),
      { seed: 4 },
    )
  })

  it('names the first limit that is exceeded', () => {
    const load = new Load(SECOND)
    for (let i = 0; i < 5; i++) load.add(i * 1e8, 100, i < 2)
    load.sessions = 3
    expect(exceeded(load, {})).to.equal(undefined)
    const just = { packetsPerSecond: 5, bytesPerSecond: 500, newConnectionsPerSecond: 2, sessions: 3 }
    expect(exceeded(load, just)).to.equal(undefined)
    expect(exceeded(load, { ...just, packetsPerSecond: 4 })).to.equal('5 packets-per-second of 4')
    expect(exceeded(load, { ...just, bytesPerSecond: 499 })).to.equal('500 bytes-per-second of 499')
    expect(exceeded(load, { ...just, newConnectionsPerSecond: 1 })).to.equal(
      '2 new-connections-per-second of 1',
    )
    expect(exceeded(load.with(load), just)).to.equal('10 packets-per-second of 5')
    expect(exceeded(load, { sessions: 2 })).to.equal('3 sessions of 2')
  })
})
