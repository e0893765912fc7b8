import { expect } from 'chai'
import { Host, Tcp } from '../model/codes.ts'
import type { TimedEvent } from '../model/timeline.ts'
import { answerOf, batchOfOffers, NO_RESETS, opened, Road } from './example-road.test.ts'

const SYN = Tcp.syn
const UNREACHABLE = 'drop target unreachable'
const drain = { kind: 'drain', host: -1, flow: 0 } as const
const crash = { kind: 'crash', host: -1, flow: 0 } as const

describe('path/load-balancer, events', () => {
  describe('a host that leaves', () => {
    it('gives its flows to the next in order at their next packet, drained or crashed', () => {
      for (const event of [drain, crash]) {
        const road = opened()
        expect(road.event(event)).to.equal('fw-a')
        expect(road.offer({ at: 1, direction: 1 })).to.equal('fw-b')
        expect(road.event(event)).to.equal('fw-b')
        expect(road.event(event)).to.equal('fw-c')
        expect(road.offer({ at: 2 })).to.equal(UNREACHABLE)
        expect(road.path.counters().NewFlowCount).to.equal(1)
      }
    })

    it('keeps its flows without rebalance: drained it serves them, crashed they are lost until the time-out', () => {
      const drained = opened({ failover: 'no_rebalance' })
      drained.event(drain)
      expect(drained.offer({ at: 1 })).to.equal('fw-a')
      expect(drained.offer({ at: 1, flow: 1, flags: SYN })).to.equal('fw-b')
      expect(drained.event(crash)).to.equal('fw-a')
      expect(drained.offer({ at: 2 })).to.equal(UNREACHABLE)
      expect(drained.event({ kind: 'drain', host: 0, flow: -1 })).to.equal('fw-a')
      expect(drained.offer({ at: 352 })).to.equal(UNREACHABLE)
      expect(drained.offer({ at: 703 })).to.equal('fw-b')
    })

    it('has the next packet of each TCP flow reset where that is asked for, then the entry is gone', () => {
      const cases = [
        { event: crash, resetOn: { ...NO_RESETS, unhealthy: true }, otherwise: UNREACHABLE, other: drain },
        { event: drain, resetOn: { ...NO_RESETS, deregistration: true }, otherwise: 'fw-a', other: crash },
      ]
      for (const { event, resetOn, otherwise, other } of cases) {
        const road = opened({ failover: 'no_rebalance', nonSynMiss: 'drop', resetOn })
        road.offer({ at: 0, flow: 1, is: 'udp' })
        road.event(event)
        expect(road.offer({ at: 1, direction: 1, flags: Tcp.rst })).to.equal(UNREACHABLE)
        expect(road.offer({ at: 1, direction: 1 })).to.equal('reject target unreachable')
        expect(road.offer({ at: 1 })).to.equal('drop not in flow table')
        expect(road.offer({ at: 2, flow: 1, is: 'udp' })).to.equal(otherwise)
        expect(road.offer({ at: 3, flags: SYN })).to.equal('fw-b')
        expect(road.resets).to.have.length(1)

        const unasked = opened({ failover: 'no_rebalance', resetOn })
        unasked.event(other)
        expect(unasked.offer({ at: 1 })).to.equal(other === drain ? 'fw-a' : UNREACHABLE)
      }
    })

    it('is the first in service where the flow has no entry, and host 0 where none is', () => {
      const road = new Road({ allUnhealthy: 'closed' })
      expect(road.event({ ...drain, flow: 9 })).to.equal('fw-a')
      expect(road.event({ ...crash, flow: -1 })).to.equal('fw-b')
      expect(road.event(drain)).to.equal('fw-c')
      expect(road.event(drain)).to.equal('fw-a')
      expect(road.offer({ at: 0, flags: SYN })).to.equal(UNREACHABLE)
      expect(road.offer({ at: 0, flow: -1 })).to.equal(UNREACHABLE)
      expect(road.path.counters().NewFlowCount).to.equal(0)
      road.event({ kind: 'restore', host: 2 })
      expect(road.offer({ at: 1 })).to.equal('fw-c')
    })
  })

  describe('steered paths', () => {
    const steer = { kind: 'steer', flow: 0, direction: 1, host: 1 } as const

    it('override one direction of one flow, or all', () => {
      const road = opened()
      expect(road.event(steer)).to.equal('fw-b')
      expect(road.offer({ at: 1 })).to.equal('fw-a')
      expect(road.offer({ at: 1, direction: 1 })).to.equal('fw-b')
      expect(road.offer({ at: 1, flow: 1, direction: 1 })).to.equal('fw-a')
      road.event({ ...steer, flow: -1, direction: 2, host: 2 })
      for (const flow of [-1, 0, 1]) expect(road.offer({ at: 2, flow })).to.equal('fw-c')
      road.event({ ...steer, direction: 0, host: 1 })
      expect(road.offer({ at: 3 })).to.equal('fw-b')
      expect(road.offer({ at: 3, direction: 1 })).to.equal('fw-c')
    })

    it('keep the entry alive but neither make nor lose one', () => {
      const road = opened({ nonSynMiss: 'drop' })
      road.event(steer)
      expect(road.offer({ at: 300, direction: 1 })).to.equal('fw-b')
      expect(road.offer({ at: 600 })).to.equal('fw-a')
      expect(road.offer({ at: 1000, direction: 1 })).to.equal('fw-b')
      expect(road.offer({ at: 1001 })).to.equal('drop idle timeout')
      expect(road.offer({ at: 1002, direction: 1 })).to.equal('fw-b')
      expect(road.path.counters().NewFlowCount).to.equal(1)
    })

    it('bypass the load balancer unseen', () => {
      const road = opened({ nonSynMiss: 'drop' })
      road.event({ ...steer, host: Host.bypass })
      expect(road.offer({ at: 300, direction: 1 })).to.equal('bypass forward bypass')
      expect(road.path.counters().ProcessedPackets).to.equal(1)
      expect(road.offer({ at: 400 })).to.equal('drop idle timeout')
    })

    it('end at a host that has crashed', () => {
      const road = opened()
      road.event(steer)
      road.event({ kind: 'drain', host: 1, flow: -1 })
      expect(road.offer({ at: 1, direction: 1 })).to.equal('fw-b')
      road.event({ kind: 'crash', host: 1, flow: -1 })
      expect(road.offer({ at: 1, direction: 1 })).to.equal(UNREACHABLE)
    })
  })

  it('returns flows to the host that they had first, and undoes steers and swaps', () => {
    const road = opened()
    road.event(drain)
    expect(road.offer({ at: 1 })).to.equal('fw-b')
    expect(road.offer({ at: 400 })).to.equal('fw-b')
    expect(road.offer({ at: 400, flow: 1, flags: SYN })).to.equal('fw-b')
    road.event({ kind: 'steer', flow: -1, direction: 2, host: 2 })
    road.event({ kind: 'return' })
    expect(road.offer({ at: 401 })).to.equal('fw-a')
    expect(road.offer({ at: 401, flow: 1 })).to.equal('fw-b')
    expect(road.offer({ at: 401, flow: 2, flags: SYN })).to.equal('fw-a')
  })

  it('applies events between the packets of a chunk and answers them with their hosts and times', () => {
    const packets = batchOfOffers([{ at: 0, flags: SYN }, { at: 1 }, { at: 2 }])
    const events: TimedEvent[] = [
      { before: 1, at: 5, event: drain },
      { before: 2, at: 6, event: { kind: 'return' } },
      { before: 3, at: 7, event: crash },
    ]
    const { path } = new Road()
    expect(path.assign({ packets, events })).to.deep.equal([
      { before: 1, at: 5, event: { ...drain, host: 0 } },
      { before: 2, at: 6, event: { kind: 'return' } },
      { before: 3, at: 7, event: { ...crash, host: 0 } },
    ])
    expect([0, 1, 2].map((i) => answerOf(packets, i))).to.deep.equal(['fw-a', 'fw-b', 'fw-a'])
  })
})
