import { expect } from 'chai'
import { NANOS_PER_SECOND } from '../model/batch.ts'
import { Tcp } from '../model/codes.ts'
import { MOST_FLOWS } from '../model/flow-place.ts'
import { Road } from './example-road.test.ts'

const { syn } = Tcp
const FULL = 'drop flow table full'

describe('path/load-balancer, capacity', () => {
  it('refuses new flows when the table is full, and lets those go on that are in it', () => {
    const road = new Road({ capacity: 2 })
    expect(road.offer({ at: 0, flow: 0, flags: syn })).to.equal('fw-a')
    expect(road.offer({ at: 0, flow: 1, is: 'udp' })).to.equal('fw-a')
    expect(road.offer({ at: 1, flow: 2, flags: syn })).to.equal(FULL)
    expect(road.offer({ at: 1, flow: 3, is: 'udp' })).to.equal(FULL)
    expect(road.offer({ at: 2, flow: 0 })).to.equal('fw-a')
    expect(road.path.counters()).to.include({ ActiveFlowCount: 2, NewFlowCount: 2, RejectedFlowCount: 2 })
  })

  it('counts a refused flow once, those of TCP apart, and says nothing of those while there are none', () => {
    const road = new Road({ capacity: 1 })
    road.offer({ at: 0, flow: 0, is: 'udp' })
    expect(road.path.counters()).not.to.have.property('RejectedFlowCount_TCP')
    road.offer({ at: 1, flow: 1, is: 'udp' })
    expect(road.path.counters().RejectedFlowCount).to.equal(1)
    expect(road.path.counters()).not.to.have.property('RejectedFlowCount_TCP')
    for (const at of [1, 2, 4]) expect(road.offer({ at, flow: 2, flags: syn })).to.equal(FULL)
    expect(road.path.counters()).to.include({ RejectedFlowCount: 2, RejectedFlowCount_TCP: 1 })
    road.path.reset()
    expect(road.path.counters()).to.include({ RejectedFlowCount: 0 })
    expect(road.path.counters()).not.to.have.property('RejectedFlowCount_TCP')
  })

  it('has room again once entries were idle for too long, each by its own time-out', () => {
    const road = new Road({ capacity: 2 })
    road.offer({ at: 0, flow: 0, flags: syn })
    road.offer({ at: 0, flow: 1, is: 'udp' })
    expect(road.offer({ at: 120, flow: 2, flags: syn })).to.equal(FULL)
    expect(road.offer({ at: 121, flow: 2, flags: syn })).to.equal('fw-a')
    expect(road.offer({ at: 350, flow: 3, flags: syn })).to.equal(FULL)
    expect(road.offer({ at: 351, flow: 3, flags: syn })).to.equal('fw-a')
    expect(road.path.counters()).to.include({ ActiveFlowCount: 2, RejectedFlowCount: 2 })
  })

  it('counts a flow anew that is refused after it had got an entry', () => {
    const road = new Road({ capacity: 1 })
    road.offer({ at: 0, flow: 0, is: 'udp' })
    expect(road.offer({ at: 1, flow: 1, flags: syn })).to.equal(FULL)
    expect(road.offer({ at: 122, flow: 1, flags: syn })).to.equal('fw-a')
    expect(road.offer({ at: 473, flow: 2, flags: syn })).to.equal('fw-a')
    expect(road.offer({ at: 474, flow: 1, flags: syn })).to.equal(FULL)
    expect(road.path.counters().RejectedFlowCount).to.equal(2)
  })

  it('is filled by flows of others, for good or for a while', () => {
    for (const [capacity, active] of [
      [undefined, MOST_FLOWS],
      [10, 10],
    ] as const) {
      const road = new Road(capacity === undefined ? {} : { capacity })
      road.offer({ at: 0, flow: 0, flags: syn })
      road.event({ kind: 'fill-table', scope: 'lb', lasts: 60 * NANOS_PER_SECOND }, 1)
      expect(road.offer({ at: 61, flow: 1, flags: syn })).to.equal(FULL)
      expect(road.path.counters()).to.include({ ActiveFlowCount: active, NewFlowCount: 1 })
      expect(road.offer({ at: 61, flow: 0 })).to.equal('fw-a')
      expect(road.offer({ at: 62, flow: 1, flags: syn })).to.equal('fw-a')
      road.event({ kind: 'fill-table', scope: 'lb' }, 70)
      expect(road.offer({ at: 5000, flow: 2, flags: syn })).to.equal('fw-a')
      expect(road.offer({ at: 5000, flow: 3, flags: syn })).to.equal('fw-a')
      expect(road.offer({ at: 5000, flow: 4, flags: syn })).to.equal(FULL)
      road.path.reset()
      expect(road.offer({ at: 5000, flow: 5, flags: syn })).to.equal('fw-a')
    }
  })
})
