import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { BENCHMARKING, readBounds } from './bounds.ts'
import { makeTarget } from './targets.ts'

const read = (spec: object) => readBounds('lab', spec)

describe('target/bounds', () => {
  it('reads limits, and blocks of addresses', () => {
    expect(read({})).to.deep.equal({})
    const limits = {
      'packets-per-second': 1,
      'bytes-per-second': 2,
      'new-connections-per-second': 3,
      sessions: 4,
    }
    expect(read({ limits, addresses: { clients: '192.0.2.0/29' } })).to.deep.equal({
      limits: { packetsPerSecond: 1, bytesPerSecond: 2, newConnectionsPerSecond: 3, sessions: 4 },
      addresses: { ...BENCHMARKING, clients: '192.0.2.0/29' },
    })
  })

  it('says of what is wrong where it stands, and what to write', () => {
    const wrong: readonly [object, RegExp][] = [
      [{ limits: 5 }, /lab: limits: 5 .*packets-per-second/],
      [{ limits: { sessions: 0 } }, /limits\.sessions: 0 .*from 1/],
      [{ limits: { sessions: '5' } }, /limits\.sessions/],
      [{ limits: { session: 5 } }, /limits: "session" .*one of/],
      [{ addresses: { clients: '2001:2::/64' } }, /addresses\.clients: .*198\.18\.0\.0\/16/],
      [{ addresses: { clients6: '198.18.0.0/16' } }, /addresses\.clients6/],
      [{ addresses: { servers: '198.18.0.0/30' } }, /addresses\.servers/],
      [{ addresses: { servers: '198.18.0.0/33' } }, /addresses\.servers/],
      [{ addresses: ['198.18.0.0/16'] }, /addresses: /],
    ]
    for (const [spec, message] of wrong)
      expect(() => read(spec), JSON.stringify(spec))
        .to.throw(FlowbreakError, message)
        .with.property('code', 'ERR_TARGET_OPTION')
  })

  it('gives them to a target of any kind', async () => {
    const context = { name: 'lab', version: 'test' }
    const target = await makeTarget({ kind: 'reference', limits: { sessions: 3 } }, context)
    expect(target.limits).to.deep.equal({ sessions: 3 })
    expect((await makeTarget({ kind: 'reference' }, context)).limits).to.equal(undefined)
  })
})
