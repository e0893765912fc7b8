import { expect } from 'chai'
import fc from 'fast-check'
import { batchOfOffers, topology } from './example-road.test.ts'
import { Placement } from './placement.ts'
import { mix32, tupleHash } from './tuple-hash.ts'

const SETTINGS = { seed: 11, numRuns: 200 }
const FLOWS = 3000

function placeAll(placement: Placement): number[] {
  return Array.from({ length: FLOWS }, (_, flow) => placement.place(mix32(flow), 0))
}

describe('path/placement', () => {
  it('takes the first host in service, in the order of the topology', () => {
    const placement = new Placement(3, topology({ placement: 'first', allUnhealthy: 'closed' }).loadBalancer)
    expect(placement.place(99, 0)).to.equal(0)
    placement.leave(0, 'drain', 0, false)
    expect(placement.place(99, 0)).to.equal(1)
    placement.leave(1, 'crash', 0, false)
    placement.leave(2, 'drain', 0, false)
    expect(placement.place(99, 0)).to.equal(-1)
    placement.restore(1, 0, false)
    expect(placement.place(99, 0)).to.equal(1)
    placement.restoreAll()
    expect(placement.place(99, 0)).to.equal(0)
  })

  it('spreads hashes evenly, and moves only the flows of a host that leaves, evenly again', () => {
    const placement = new Placement(3, topology({ placement: 'hash' }).loadBalancer)
    const before = placeAll(placement)
    placement.leave(1, 'crash', 0, false)
    const after = placeAll(placement)
    const moved = [0, 0, 0]
    before.forEach((host, flow) => {
      const now = after[flow] ?? -1
      if (host !== 1) expect(now).to.equal(host)
      else moved[now] = (moved[now] ?? 0) + 1
    })
    for (const host of [0, 1, 2])
      expect(before.filter((at) => at === host).length).to.be.within(FLOWS / 3 - 150, FLOWS / 3 + 150)
    expect(moved[1]).to.equal(0)
    expect(Math.abs((moved[0] ?? 0) - (moved[2] ?? 0))).to.be.below(150)
  })
})

describe('path/tuple-hash', () => {
  it('is equal in both directions, and differs by ports and by seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer(),
        fc.constantFrom('tcp' as const, 'udp' as const),
        (flow, seed, is) => {
          const packets = batchOfOffers([
            { at: 0, flow, is },
            { at: 0, flow, is, direction: 1 },
            { at: 0, flow: flow + 1, is },
          ])
          const [there, back, other] = [0, 1, 2].map((index) => tupleHash(packets, index, seed))
          expect(back).to.equal(there)
          expect(other).not.to.equal(there)
          expect(tupleHash(packets, 0, seed ^ 1)).not.to.equal(there)
        },
      ),
      SETTINGS,
    )
  })

  it('is one for all packets without an IP header', () => {
    const packets = batchOfOffers([{ at: 0 }, { at: 0, flow: 1 }])
    packets.l3.fill(-1)
    expect(tupleHash(packets, 0, 5)).to.equal(tupleHash(packets, 1, 5))
  })
})
