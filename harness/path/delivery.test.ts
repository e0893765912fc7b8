import { expect } from 'chai'
import { NANOS_PER_SECOND } from '../model/batch.ts'
import { Host, Tcp } from '../model/codes.ts'
import { answerOf, batchOfOffers, opened, Road } from './example-road.test.ts'

const { syn } = Tcp
const LOST = 'path drop target unreachable'

describe('path/load-balancer, time-out and size', () => {
  describe('a changed time-out', () => {
    const change = (tcpIdle: number) => ({ kind: 'set-timeout', scope: 'lb', tcpIdle }) as const

    it('holds for entries made from then on, not for those that there are', () => {
      const road = opened({ nonSynMiss: 'drop' })
      road.event(change(60), 1)
      road.offer({ at: 1, flow: 70, flags: syn })
      expect(road.offer({ at: 61, flow: 70 })).to.equal('fw-a')
      expect(road.offer({ at: 121.5, flow: 70 })).to.equal('drop idle timeout')
      expect(road.offer({ at: 350 })).to.equal('fw-a')
      expect(road.offer({ at: 701 })).to.equal('drop idle timeout')
      road.offer({ at: 702, flags: syn })
      expect(road.offer({ at: 763 })).to.equal('drop idle timeout')
    })

    it('may be longer, may change again, and leaves the rest alone', () => {
      const road = opened({ nonSynMiss: 'drop' })
      road.event(change(1000), 0)
      road.offer({ at: 1, flow: 1, flags: syn })
      road.offer({ at: 1, flow: 2, is: 'udp' })
      road.event(change(100), 2)
      expect(road.path.counters().ActiveFlowCount).to.equal(3)
      expect(road.offer({ at: 122, flow: 2, is: 'udp' })).to.equal('fw-a')
      expect(road.path.counters().NewFlowCount).to.equal(4)
      expect(road.offer({ at: 1001, flow: 1 })).to.equal('fw-a')
      expect(road.offer({ at: 1002 })).to.equal('drop idle timeout')
      road.path.reset()
      road.offer({ at: 0, flow: 3, flags: syn })
      expect(road.offer({ at: 350, flow: 3 })).to.equal('fw-a')
    })
  })

  describe("the hosts' own interfaces", () => {
    const knobs = { tcpIdle: 3700, hostTcpEstablished: 350 } as const

    it('forget a connection in silence, until it is opened again', () => {
      const road = opened(knobs)
      expect(road.offer({ at: 350 })).to.equal('fw-a')
      expect(road.offer({ at: 700, direction: 1 })).to.equal('fw-a')
      expect(road.offer({ at: 1050.5 })).to.equal(LOST)
      expect(road.offer({ at: 1051, direction: 1 })).to.equal(LOST)
      expect(road.path.counters()).to.include({
        RejectedFlowCount: 0,
        TCP_ELB_Reset_Count: 0,
        NewFlowCount: 1,
      })
      expect(road.offer({ at: 1052, flags: syn })).to.equal('fw-a')
      expect(road.offer({ at: 1053, direction: 1 })).to.equal('fw-a')
    })

    it('begin with whatever comes to them first, so that a flow that moves goes on', () => {
      const road = opened(knobs)
      road.event({ kind: 'drain', host: 0, flow: -1 })
      expect(road.offer({ at: 1000 })).to.equal('fw-b')
      expect(road.offer({ at: 1351 })).to.equal(LOST)
    })

    it('have forgotten it too where the load balancer makes a new entry for the same host', () => {
      const road = opened({ tcpIdle: 350, hostTcpEstablished: 350 })
      expect(road.offer({ at: 351 })).to.equal(LOST)
    })

    it('track TCP alone, each flow by itself', () => {
      const road = opened({ ...knobs, otherIdle: 3600 })
      road.offer({ at: 0, flow: 1, is: 'udp' })
      road.offer({ at: 300, flow: 2, flags: syn })
      expect(road.offer({ at: 600, flow: 1, is: 'udp' })).to.equal('fw-a')
      expect(road.offer({ at: 600, flow: 2 })).to.equal('fw-a')
      expect(road.offer({ at: 600 })).to.equal(LOST)
      road.path.reset()
      expect(road.offer({ at: 1000 })).to.equal('fw-a')
    })
  })

  describe('sizes', () => {
    /** What becomes of one IPv4 or IPv6 packet of so many bytes. */
    const send = (
      length: number,
      knobs: ConstructorParameters<typeof Road>[0],
      is: 'tcp' | 'tcp6' = 'tcp',
    ) => {
      const packets = batchOfOffers([{ at: 0, flags: syn, is }])
      const l3 = packets.l3[0] ?? 0
      const field = is === 'tcp' ? l3 + 2 : l3 + 4
      packets.view.setUint16(field, is === 'tcp' ? length : length - 40)
      const { path } = new Road(knobs)
      path.assign({ packets, events: [] })
      return { answer: answerOf(packets, 0), counters: path.counters() }
    }

    it('above the load balancer’s own are dropped there, and make no entry', () => {
      for (const is of ['tcp', 'tcp6'] as const) {
        expect(send(8500, { mtu: 8500 }, is).answer).to.equal('fw-a')
        const { answer, counters } = send(8501, { mtu: 8500 }, is)
        expect(answer).to.equal('drop packet too big')
        expect(counters.NewFlowCount).to.equal(0)
        expect(send(8501, {}, is).answer).to.equal('fw-a')
      }
    })

    it('leave 68 bytes of the hosts’ interfaces to GENEVE; what is larger is lost on the way', () => {
      for (const is of ['tcp', 'tcp6'] as const) {
        expect(send(1432, { hostMtu: 1500 }, is).answer).to.equal('fw-a')
        expect(send(1433, { hostMtu: 1500 }, is).answer).to.equal('path drop packet too big')
        expect(send(8500, { mtu: 8500, hostMtu: 8568 }, is).answer).to.equal('fw-a')
        expect(send(8500, { mtu: 8500, hostMtu: 8567 }, is).answer).to.equal('path drop packet too big')
      }
    })

    it('are those of IP packets: frames without one pass', () => {
      const packets = batchOfOffers([{ at: 0 }])
      packets.l3.fill(-1)
      new Road({ mtu: 1280 }).path.assign({ packets, events: [] })
      expect(packets.host[0]).not.to.equal(Host.loadBalancer)
    })
  })

  it('fills a table until the time that it is told', () => {
    const road = new Road()
    road.event({ kind: 'fill-table', scope: 'lb', lasts: NANOS_PER_SECOND }, 5)
    expect(road.offer({ at: 6, flags: syn })).to.equal('drop flow table full')
    expect(road.offer({ at: 6.001, flags: syn })).to.equal('fw-a')
  })
})
