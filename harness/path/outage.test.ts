import { expect } from 'chai'
import { Tcp } from '../model/codes.ts'
import { NO_RESETS, opened, Road } from './example-road.test.ts'

const { syn } = Tcp
const UNREACHABLE = 'drop target unreachable'
const LOST = 'path drop target unreachable'
const crash = { kind: 'crash', host: -1, flow: 0, outage: true } as const
const unhealthy = { kind: 'unhealthy', host: -1, flow: 0, outage: true } as const
const drain = { kind: 'drain', host: -1, flow: 0, outage: true } as const
const restore = { kind: 'restore', host: -1, outage: true } as const

describe('path/load-balancer, during an outage', () => {
  it('sends what it has to a host that has crashed until its checks have failed often enough', () => {
    const road = opened()
    expect(road.event(crash, 1)).to.equal('fw-a')
    expect(road.offer({ at: 20.9 })).to.equal(LOST)
    expect(road.offer({ at: 20.9, flow: 1, flags: syn })).to.equal(LOST)
    expect(road.path.counters()).to.include({ HealthyHostCount: 3, NewFlowCount: 2 })
    expect(road.offer({ at: 21 })).to.equal('fw-b')
    expect(road.offer({ at: 21, flow: 1, flags: syn })).to.equal('fw-b')
    expect(road.path.counters()).to.include({ HealthyHostCount: 2, UnHealthyHostCount: 1 })
  })

  it('goes by its interval and thresholds', () => {
    const road = opened({ health: { interval: 30, unhealthyThreshold: 3, healthyThreshold: 2 } })
    road.event(crash, 0)
    expect(road.offer({ at: 89 })).to.equal(LOST)
    expect(road.offer({ at: 90 })).to.equal('fw-b')
    expect(road.event(restore, 100)).to.equal('fw-a')
    expect(road.offer({ at: 159, flow: 1, flags: syn })).to.equal('fw-b')
    expect(road.offer({ at: 160, flow: 2, flags: syn })).to.equal('fw-a')
  })

  it('never hears of a host that is back before that; one that fails again while it mends stays unhealthy', () => {
    const road = opened()
    road.event(crash, 1)
    road.event(restore, 10)
    expect(road.offer({ at: 11 })).to.equal('fw-a')
    expect(road.offer({ at: 30 })).to.equal('fw-a')
    road.event(crash, 40)
    expect(road.offer({ at: 60 })).to.equal('fw-b')
    road.event(restore, 70)
    road.event({ ...crash, host: 0 }, 100)
    expect(road.offer({ at: 121, flow: 1, flags: syn })).to.equal('fw-b')
  })

  it('keeps the flows of a failed host without rebalance, and they pass once it is back', () => {
    const road = opened({ failover: 'no_rebalance' })
    road.event(crash, 0)
    expect(road.offer({ at: 10 })).to.equal(LOST)
    expect(road.offer({ at: 20 })).to.equal(UNREACHABLE)
    road.event(restore, 30)
    expect(road.offer({ at: 31 })).to.equal('fw-a')
    expect(road.offer({ at: 31, flow: 1, flags: syn })).to.equal('fw-b')
  })

  it('lets a host that fails its checks forward until it is noticed', () => {
    const road = opened({ failover: 'no_rebalance', resetOn: { ...NO_RESETS, unhealthy: true } })
    road.event(unhealthy, 0)
    expect(road.offer({ at: 19 })).to.equal('fw-a')
    expect(road.offer({ at: 20 })).to.equal('reject target unreachable')
    const moved = opened()
    moved.event({ ...unhealthy, outage: undefined } as never)
    expect(moved.offer({ at: 1 })).to.equal('fw-b')
  })

  describe('a host that is deregistered', () => {
    it('gets no new flows at once, and keeps its own until its delay ends', () => {
      for (const [deregistrationDelay, end] of [
        [undefined, 300],
        [60, 60],
        [0, 0],
      ] as const) {
        const road = opened(deregistrationDelay === undefined ? {} : { deregistrationDelay })
        road.event(drain, 0)
        expect(road.offer({ at: 0, flow: 1, flags: syn })).to.equal('fw-b')
        if (end > 0) expect(road.offer({ at: end - 1 })).to.equal('fw-a')
        expect(road.path.counters().HealthyHostCount).to.equal(2)
        expect(road.offer({ at: end })).to.equal('fw-b')
      }
    })

    it('loses its flows before that when they are flushed', () => {
      const road = opened()
      road.event(drain, 0)
      expect(road.offer({ at: 100 })).to.equal('fw-a')
      road.event({ kind: 'flush' }, 120)
      expect(road.offer({ at: 120, direction: 1 })).to.equal('fw-b')
    })

    it('is answered for with resets from the end of its delay on', () => {
      const road = opened({ failover: 'no_rebalance', resetOn: { ...NO_RESETS, deregistration: true } })
      road.event(drain, 0)
      expect(road.offer({ at: 299 })).to.equal('fw-a')
      expect(road.offer({ at: 300 })).to.equal('reject target unreachable')
      expect(road.resets).to.have.length(1)
    })

    it('keeps its flows for good without rebalance', () => {
      const road = opened({ failover: 'no_rebalance' })
      road.event(drain, 0)
      expect(road.offer({ at: 301 })).to.equal('fw-a')
    })

    it('takes new flows again when it is back', () => {
      const road = opened()
      road.event(drain, 0)
      road.event({ kind: 'restore', host: 0 }, 1)
      expect(road.offer({ at: 2, flow: 1, flags: syn })).to.equal('fw-a')
    })
  })

  describe('all hosts unhealthy', () => {
    const fail = (road: Road) => {
      for (const host of [0, 1, 2]) road.event({ kind: 'unhealthy', host, flow: -1 })
    }

    it('open: flows stay where they are and new ones go to unhealthy hosts', () => {
      const road = opened()
      road.event({ kind: 'drain', host: 0, flow: -1 })
      expect(road.offer({ at: 1 })).to.equal('fw-b')
      road.event({ kind: 'restore', host: 0 })
      fail(road)
      expect(road.offer({ at: 2 })).to.equal('fw-b')
      expect(road.offer({ at: 2, flow: 1, flags: syn })).to.equal('fw-a')
      expect(road.path.counters()).to.include({ HealthyHostCount: 0, UnHealthyHostCount: 3 })
    })

    it('closed: both are dropped', () => {
      const road = opened({ allUnhealthy: 'closed' })
      fail(road)
      expect(road.offer({ at: 2 })).to.equal(UNREACHABLE)
      expect(road.offer({ at: 2, flow: 1, flags: syn })).to.equal(UNREACHABLE)
      expect(road.path.counters().NewFlowCount).to.equal(1)
    })
  })

  describe('zones', () => {
    const zones = { hosts: ['a', 'b', 'b'], client: 'b', crossZone: false }

    it("keep a client's flows in its own, and what fails there stays there", () => {
      const road = new Road({ zones })
      expect(road.offer({ at: 0, flags: syn })).to.equal('fw-b')
      road.event({ kind: 'drain', host: -1, flow: 0 })
      expect(road.offer({ at: 1 })).to.equal('fw-c')
      expect(road.event({ kind: 'unhealthy', host: -1, flow: 9 })).to.equal('fw-c')
      expect(road.offer({ at: 2 })).to.equal('fw-c')
      expect(road.offer({ at: 2, flow: 1, flags: syn })).to.equal('fw-c')
      road.event({ kind: 'drain', host: 2, flow: -1 })
      expect(road.offer({ at: 3, flow: 2, flags: syn })).to.equal(UNREACHABLE)
    })

    it('are one where flows may cross them', () => {
      const road = new Road({ zones: { ...zones, crossZone: true } })
      expect(road.offer({ at: 0, flags: syn })).to.equal('fw-a')
      road.event({ kind: 'drain', host: 0, flow: -1 })
      expect(road.offer({ at: 1 })).to.equal('fw-b')
    })

    it('spread by hash within the zone alone', () => {
      const road = new Road({ zones, placement: 'hash' })
      const placed = Array.from({ length: 100 }, (_, flow) => road.offer({ at: 0, flow, flags: syn }))
      expect(new Set(placed)).to.have.all.keys('fw-b', 'fw-c')
    })
  })
})
