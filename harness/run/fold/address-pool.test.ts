import { expect } from 'chai'
import { FlowbreakError } from '../../support/errors.ts'
import { BENCHMARKING } from '../../target/bounds.ts'
import { AddressPool, type PoolOptions } from './address-pool.ts'

function poolOf(options: Partial<PoolOptions> = {}): AddressPool {
  return new AddressPool({ ranges: BENCHMARKING, draw: () => 0, taken: [], ...options })
}

function take(
  pool: AddressPool,
  count: number,
  end: 'client' | 'server' = 'client',
  size: 4 | 16 = 4,
): string[] {
  return Array.from({ length: count }, () => pool.take(end, size).join('.'))
}

describe('run/fold/address-pool', () => {
  it('gives every address of a block once, but for those at its ends and those of others', () => {
    const ranges = { ...BENCHMARKING, clients: '192.0.2.77/29' }
    const pool = poolOf({ ranges, taken: ['192.0.2.74'] })
    expect(take(pool, 6)).to.deep.equal([73, 75, 76, 77, 78, 73].map((last) => `192.0.2.${last}`))
  })

  it('begins where it was drawn, and keeps families and ends apart', () => {
    const pool = poolOf({ draw: () => 65_536 + 260 })
    expect(take(pool, 2)).to.deep.equal(['198.18.1.4', '198.18.1.5'])
    expect(take(pool, 1, 'server')).to.deep.equal(['198.19.1.4'])
    expect([...pool.take('client', 16)].slice(0, 8)).to.deep.equal([0x20, 1, 0, 2, 0, 0, 0, 0x0c])
    expect(new Set(take(pool, 5000, 'server', 16)).size).to.equal(5000)
  })

  it("gives a client's address again only when nobody remembers it", () => {
    let now = 0
    const ranges = { ...BENCHMARKING, clients: '192.0.2.0/29' }
    const pool = poolOf({ ranges, now: () => now })
    pool.remember(350)
    pool.remember(60)
    take(pool, 6)
    now = 350
    expect(() => pool.take('client', 4))
      .to.throw(FlowbreakError, /192\.0\.2\.0\/29 were used within 350 s/)
      .with.property('code', 'ERR_ADDRESSES')
    now = 351
    expect(take(pool, 6)).to.have.lengthOf(6)
    take(poolOf({ ranges: { ...BENCHMARKING, servers: '192.0.2.0/29' }, now: () => 0 }), 20, 'server')
  })
})
