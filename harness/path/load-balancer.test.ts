import { expect } from 'chai'
import { NANOS_PER_SECOND } from '../model/batch.ts'
import { Host, Role, Tcp } from '../model/codes.ts'
import { parseTcp } from '../wire/tcp.ts'
import { batchOfOffers, NO_RESETS, opened, Road } from './example-road.test.ts'

const SYN = Tcp.syn
const SYN_ACK = Tcp.syn | Tcp.ack
const drain = { kind: 'drain', host: -1, flow: 0 } as const

describe('path/load-balancer', () => {
  describe('stickiness', () => {
    it('places new flows with the first host and keeps both directions there', () => {
      const road = opened()
      expect(road.offer({ at: 1, direction: 1, flags: SYN_ACK })).to.equal('fw-a')
      expect(road.offer({ at: 2, flow: 1, is: 'udp' })).to.equal('fw-a')
      expect(road.offer({ at: 2, flow: 2, is: 'tcp6' })).to.equal('fw-a')
    })

    it('keeps a flow where it is when its tuple is opened again', () => {
      const road = opened()
      road.event(drain)
      expect(road.offer({ at: 1 })).to.equal('fw-b')
      road.event({ kind: 'restore', host: 0 })
      expect(road.offer({ at: 2, flags: SYN })).to.equal('fw-b')
      expect(road.offer({ at: 2, flow: 1, flags: SYN })).to.equal('fw-a')
    })

    it('places a flow by its own tuple, also when a fragment or an ICMP error is what moves it', () => {
      const flows = Array.from({ length: 100 }, (_, flow) => flow)
      const placed = (is: 'tcp' | 'fragment' | 'unreachable', drained: boolean) => {
        const road = new Road({ placement: 'hash' })
        const before = flows.map((flow) => road.offer({ at: 0, flow, flags: SYN }))
        if (drained) road.event({ kind: 'drain', host: 1, flow: -1 })
        return { before, after: flows.map((flow) => road.offer({ at: drained ? 1 : 351, flow, is })) }
      }
      const { before, after } = placed('tcp', false)
      expect(after).to.deep.equal(before)
      expect(placed('fragment', false).after).to.deep.equal(before)
      const moved = placed('tcp', true).after
      expect(before).to.include.members(['fw-a', 'fw-b', 'fw-c'])
      expect(moved).not.to.include('fw-b')
      expect(placed('fragment', true).after).to.deep.equal(moved)
      expect(placed('unreachable', true).after).to.deep.equal(moved)
    })

    it('places packets of no flow without an entry', () => {
      const road = new Road()
      expect(road.offer({ at: 0, flow: -1, is: 'fragment' })).to.equal('fw-a')
      expect(road.path.counters()).to.include({ NewFlowCount: 0, ProcessedPackets: 1 })
    })

    it('lets ICMP errors follow their flow, and makes no entry for them', () => {
      const road = opened()
      road.event({ kind: 'restore', host: 0 })
      expect(road.offer({ at: 1, flow: 1, is: 'unreachable' })).to.equal('fw-a')
      expect(road.path.counters().NewFlowCount).to.equal(1)
      road.event(drain)
      expect(road.offer({ at: 2, is: 'unreachable', direction: 1 })).to.equal('fw-b')
    })

    it('leaves controls alone', () => {
      const road = new Road({ nonSynMiss: 'drop' })
      expect(road.offer({ at: 0, flow: 5000, role: Role.control })).to.equal('unknown')
      expect(road.path.counters().ProcessedPackets).to.equal(0)
    })
  })

  describe('idle time-out', () => {
    const miss = { nonSynMiss: 'drop' } as const

    it('ends an entry after a silence longer than it, not one just as long', () => {
      const road = opened(miss)
      expect(road.offer({ at: 350 })).to.equal('fw-a')
      expect(road.offer({ at: 700, direction: 1 })).to.equal('fw-a')
      expect(road.offer({ at: 1050.000001 })).to.equal('drop idle timeout')
    })

    it('is counted from the latest packet, also when times step back', () => {
      const road = opened(miss)
      expect(road.offer({ at: 100 })).to.equal('fw-a')
      expect(road.offer({ at: 50 })).to.equal('fw-a')
      expect(road.offer({ at: 450 })).to.equal('fw-a')
    })

    it('is another one for what is not TCP, and that of the flow for ICMP errors and fragments', () => {
      const road = opened({ ...miss, tcpIdle: 350, otherIdle: 120 })
      road.offer({ at: 0, flow: 1, is: 'udp' })
      expect(road.offer({ at: 121, flow: 1, is: 'udp' })).to.equal('fw-a')
      expect(road.path.counters().NewFlowCount).to.equal(3)
      expect(road.offer({ at: 300, is: 'unreachable' })).to.equal('fw-a')
      expect(road.offer({ at: 600, is: 'fragment' })).to.equal('fw-a')
      expect(road.offer({ at: 900 })).to.equal('fw-a')
      for (const is of ['fragment', 'fragment6'] as const) {
        const other = new Road(miss)
        other.offer({ at: 0, is })
        expect(other.offer({ at: 350 })).to.equal('fw-a')
      }
    })

    it('places the flow anew: with the same host, or with another once that has left', () => {
      const road = opened()
      expect(road.offer({ at: 400 })).to.equal('fw-a')
      road.event({ kind: 'drain', host: 0, flow: -1 })
      expect(road.offer({ at: 800 })).to.equal('fw-b')
      const sticky = opened({ failover: 'no_rebalance' })
      sticky.event(drain)
      expect(sticky.offer({ at: 350 })).to.equal('fw-a')
      expect(sticky.offer({ at: 750 })).to.equal('fw-b')
    })

    it('tells the flows that expired from those never seen, until a SYN makes an entry', () => {
      const road = opened(miss)
      expect(road.offer({ at: 351 })).to.equal('drop idle timeout')
      expect(road.offer({ at: 352, direction: 1 })).to.equal('drop idle timeout')
      expect(road.offer({ at: 352, flow: 1 })).to.equal('drop not in flow table')
      expect(road.offer({ at: 353, flags: SYN })).to.equal('fw-a')
      expect(road.offer({ at: 354, direction: 1, flags: SYN_ACK })).to.equal('fw-a')
    })
  })

  describe('TCP without an entry', () => {
    it('is forwarded as a new flow by default', () => {
      const road = new Road()
      expect(road.offer({ at: 0 })).to.equal('fw-a')
      expect(road.path.counters().NewFlowCount).to.equal(1)
    })

    it('is dropped unless it opens; UDP and fragments are not', () => {
      const road = new Road({ nonSynMiss: 'drop' })
      for (const flags of [Tcp.ack, SYN_ACK, Tcp.rst, 0])
        expect(road.offer({ at: 0, flags })).to.equal('drop not in flow table')
      expect(road.offer({ at: 0, flow: 1, is: 'tcp6' })).to.equal('drop not in flow table')
      expect(road.offer({ at: 0, flow: 2, is: 'udp' })).to.equal('fw-a')
      expect(road.offer({ at: 0, flow: 3, is: 'fragment' })).to.equal('fw-a')
      expect(road.resets).to.deep.equal([])
    })

    it('is answered with a reset, by a knob of its own or with those on idle; resets are not', () => {
      for (const knobs of [{ nonSynMiss: 'reset' as const }, { resetOn: { ...NO_RESETS, idle: true } }]) {
        const road = new Road(knobs)
        expect(road.offer({ at: 0 })).to.equal('reject not in flow table')
        expect(road.offer({ at: 0, flags: Tcp.rst })).to.equal('drop not in flow table')
        expect(road.offer({ at: 1, flags: SYN })).to.equal('fw-a')
        expect(road.offer({ at: 352 })).to.equal('reject idle timeout')
        expect(road.resets).to.deep.equal([5000, 5000])
        expect(road.path.counters().TCP_ELB_Reset_Count).to.equal(2)
        expect(road.offer({ at: 353, flags: SYN })).to.equal('fw-a')
      }
    })

    it('resets go to the sender, from the load balancer, with the numbers that the sender accepts', () => {
      const packets = batchOfOffers([{ at: 1, flow: 3, direction: 1 }])
      const { path } = new Road({ nonSynMiss: 'reset' })
      path.assign({ packets, events: [] })
      const [reset] = packets.emitted
      expect(reset).to.include({ cause: 0, kind: 'tcp-rst', to: 'sender', by: Host.loadBalancer, seq: 5000 })
      expect(reset).to.include({ at: NANOS_PER_SECOND, link: packets.link[0] })
      const frame = reset?.frame ?? new Uint8Array(0)
      expect(parseTcp(frame, 34, frame.length)).to.include({
        sourcePort: 40_003,
        destinationPort: 80,
        seq: 5000,
        flags: Tcp.rst,
      })
    })
  })

  it('forgets what a batch emitted when it was replayed before', () => {
    const packets = batchOfOffers([{ at: 0 }])
    for (let round = 0; round < 2; round++) {
      new Road({ nonSynMiss: 'reset' }).path.assign({ packets, events: [] })
      expect(packets.emitted).to.have.length(1)
    }
  })

  it('counts under the names of AWS', () => {
    const road = opened()
    road.offer({ at: 100, flow: 1, is: 'udp' })
    road.offer({ at: 200, flow: 70, flags: SYN })
    expect(road.path.counters()).to.deep.equal({
      NewFlowCount: 3,
      ActiveFlowCount: 3,
      RejectedFlowCount: 0,
      TCP_ELB_Reset_Count: 0,
      ProcessedPackets: 3,
      HealthyHostCount: 3,
      UnHealthyHostCount: 0,
    })
    road.event({ kind: 'restore', host: 0 }, 221)
    expect(road.path.counters().ActiveFlowCount).to.equal(2)
    road.event({ kind: 'restore', host: 0 }, 351)
    expect(road.path.counters().ActiveFlowCount).to.equal(1)
  })
})
