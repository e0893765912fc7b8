import { expect } from 'chai'
import fc from 'fast-check'
import { Tcp } from '../model/codes.ts'
import { batchOfOffers, type Offer, opened, Road } from './example-road.test.ts'
import { tupleHash } from './tuple-hash.ts'

const { syn } = Tcp
const drain = { kind: 'drain', host: 0, flow: -1 } as const

/** Where packets of other flows between the same hosts go, after the host of the first flow was drained. */
function others(stickiness: '5-tuple' | '3-tuple' | '2-tuple', offers: readonly Offer[]): string[] {
  const road = opened(stickiness === '5-tuple' ? {} : { stickiness, failover: 'no_rebalance' })
  road.event(drain)
  return offers.map((offer) => road.offer(offer))
}

describe('path/load-balancer, stickiness', () => {
  const tcp = { at: 1, flow: 1, flags: syn } as const
  const back = { at: 1, flow: 2, direction: 1, flags: syn } as const
  const udp = { at: 1, flow: 3, is: 'udp' } as const
  const six = { at: 1, flow: 4, is: 'tcp6', flags: syn } as const

  it('by 5-tuple: every connection is a flow of its own', () => {
    expect(others('5-tuple', [tcp, back, udp, six])).to.deep.equal(['fw-b', 'fw-b', 'fw-b', 'fw-b'])
  })

  it('by 3-tuple: all connections of one protocol between two addresses are one flow, whoever opens them', () => {
    expect(others('3-tuple', [tcp, back, udp, six])).to.deep.equal(['fw-a', 'fw-a', 'fw-b', 'fw-b'])
  })

  it('by 2-tuple: all between two addresses is one flow', () => {
    expect(others('2-tuple', [tcp, back, udp, six])).to.deep.equal(['fw-a', 'fw-a', 'fw-a', 'fw-b'])
  })

  it('has one entry, one time-out and one count for what is one flow', () => {
    const road = opened({ stickiness: '3-tuple', nonSynMiss: 'drop' })
    expect(road.offer({ at: 300, flow: 1 })).to.equal('fw-a')
    expect(road.offer({ at: 600 })).to.equal('fw-a')
    expect(road.offer({ at: 700, flow: 2, is: 'fragment' })).to.equal('fw-a')
    expect(road.path.counters()).to.include({ NewFlowCount: 1, ActiveFlowCount: 1 })
    expect(road.offer({ at: 1051, flow: 3 })).to.equal('drop idle timeout')
    expect(road.offer({ at: 1052, flow: 3, flags: syn })).to.equal('fw-a')
    expect(road.offer({ at: 1053 })).to.equal('fw-a')
  })

  it('swaps the host of the whole, and ICMP errors follow', () => {
    const road = opened({ stickiness: '2-tuple' })
    expect(road.offer({ at: 1, flow: 1, flags: syn })).to.equal('fw-a')
    expect(road.offer({ at: 1, flow: 9, is: 'unreachable' })).to.equal('fw-a')
    expect(road.event({ kind: 'drain', host: -1, flow: 1 })).to.equal('fw-a')
    expect(road.event({ kind: 'drain', host: -1, flow: 77 })).to.equal('fw-b')
    expect(road.offer({ at: 2, is: 'unreachable' })).to.equal('fw-c')
    expect(road.offer({ at: 2, direction: 1 })).to.equal('fw-c')
    road.path.reset()
    expect(road.offer({ at: 3, flow: 1, flags: syn })).to.equal('fw-a')
  })

  it('takes frames without an IP header for one flow', () => {
    const packets = batchOfOffers([{ at: 0 }, { at: 0, flow: 1 }])
    packets.l3.fill(-1)
    const { path } = new Road({ stickiness: '3-tuple' })
    path.assign({ packets, events: [] })
    expect(path.counters().NewFlowCount).to.equal(1)
  })

  it('hashes what makes up the flow and no more, equal in both directions', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.integer(), (flow, seed) => {
        const packets = batchOfOffers([
          { at: 0, flow },
          { at: 0, flow, direction: 1 },
          { at: 0, flow: flow + 1 },
          { at: 0, flow, is: 'udp' },
          { at: 0, flow, is: 'fragment' },
        ])
        const three = [0, 1, 2, 3, 4].map((index) => tupleHash(packets, index, seed, '3-tuple'))
        const two = [0, 1, 2, 3, 4].map((index) => tupleHash(packets, index, seed, '2-tuple'))
        expect(new Set(two).size).to.equal(1)
        expect(new Set([three[0], three[1], three[2], three[4]]).size).to.equal(1)
        expect(three[3]).not.to.equal(three[0])
        expect(tupleHash(packets, 0, seed ^ 1, '2-tuple')).not.to.equal(two[0])
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  it('hashes what has no ports by its addresses and protocol under the 5-tuple too', () => {
    const packets = batchOfOffers([
      { at: 0, flow: 1, is: 'unreachable' },
      { at: 0, flow: 2, is: 'unreachable', direction: 1 },
    ])
    expect(tupleHash(packets, 0, 5)).to.equal(tupleHash(packets, 1, 5))
  })
})
