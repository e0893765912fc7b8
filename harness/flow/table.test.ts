import { expect } from 'chai'
import fc from 'fast-check'
import { Tcp } from '../model/codes.ts'
import { ethernet, hex, icmp, ipv4, ipv6, join8, onEveryLink, tcp, udp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import {
  assigned,
  placesOf,
  reversed,
  SYN,
  SYN_ACK,
  segment,
  withAddress,
  withAddressesSwapped,
} from './example-packets.test.ts'
import { FlowTable } from './table.ts'

const ACK = { flags: Tcp.ack }
const SERVER_AT = 30

describe('flow/table', () => {
  it('gives both directions of a tuple one id, dense in the order of first packets', () => {
    const other = segment(0, { ...SYN, sourcePort: 40_001 })
    const batch = assigned([segment(0, SYN), other, segment(1, SYN_ACK), segment(0, ACK), other])
    expect(placesOf(batch)).to.deep.equal(['0 c2s', '1 c2s', '0 s2c', '0 c2s', '1 c2s'])
  })

  it('tells the client by SYN, then SYN-ACK, then ports, then who sends first', () => {
    const info = (frame: ReturnType<typeof segment>) => {
      const table = new FlowTable()
      assigned([frame], table)
      const { client, orientation, opens } = table.info(0)
      return `${client} ${orientation} ${opens}`
    }
    const low = { sourcePort: 80, destinationPort: 40_000 }
    const equal = { sourcePort: 9000, destinationPort: 9000 }
    expect(info(segment(0, { ...SYN, ...low }))).to.equal('192.0.2.10:80 syn syn')
    expect(info(segment(0, { ...SYN_ACK, ...low }))).to.equal('198.51.100.80:40000 syn-ack syn-ack')
    expect(info(segment(0, low))).to.equal('198.51.100.80:40000 ports mid')
    expect(info(segment(0))).to.equal('192.0.2.10:40000 ports mid')
    expect(info(segment(0, { ...equal, flags: Tcp.rst }))).to.equal('192.0.2.10:9000 first-packet mid')
    expect(info(segment(0, { ...low, flags: Tcp.syn | Tcp.fin }))).to.equal('198.51.100.80:40000 ports mid')
  })

  it('takes the sender for the client of UDP unless a port is below 1024', () => {
    const query = ethernet(ipv4(Protocol.udp, udp(4)))
    const answer = { ...query, bytes: reversed(query.bytes) }
    const table = new FlowTable()
    expect(placesOf(assigned([answer, query], table))).to.deep.equal(['0 s2c', '0 c2s'])
    expect(table.info(0)).to.include({ orientation: 'ports', opens: 'n/a', server: '198.51.100.80:53' })
    const bytes = answer.bytes.slice()
    bytes.set(hex('2328'), 34)
    const user = new FlowTable()
    expect(placesOf(assigned([{ ...answer, bytes }], user))).to.deep.equal(['0 c2s'])
    expect(user.info(0)).to.include({ orientation: 'first-packet', client: '198.51.100.80:9000' })
  })

  it('keeps the id and the client of a tuple that is used again', () => {
    const batch = assigned([segment(0, SYN), segment(0, { flags: Tcp.rst }), segment(1, SYN)])
    expect(placesOf(batch)).to.deep.equal(['0 c2s', '0 c2s', '0 s2c'])
  })

  it('keeps VLANs, protocols and families apart', () => {
    const packet = ipv4(Protocol.tcp, tcp())
    const frames = [
      ethernet(packet),
      ethernet(packet, hex('81000005')),
      ethernet(packet, hex('88a8000581000006')),
    ]
    const six = ethernet(ipv6(Protocol.tcp, tcp()))
    const datagram = ethernet(ipv4(Protocol.udp, udp(3)))
    const batch = assigned([...frames, six, datagram, ...frames, six])
    expect([...batch.flow]).to.deep.equal([0, 1, 2, 3, 4, 0, 1, 2, 3])
  })

  it('finds one flow over every link layer', () => {
    const batch = assigned(onEveryLink(ipv6(Protocol.tcp, tcp())))
    expect(new Set(batch.flow)).to.deep.equal(new Set([0]))
  })

  it('reads flows back', () => {
    const table = new FlowTable()
    const odd = withAddress(segment(0).bytes, SERVER_AT, 0xffffffff)
    assigned([ethernet(ipv6(Protocol.tcp, tcp(SYN))), { ...segment(0), bytes: odd }], table)
    expect(table.info(0)).to.deep.equal({
      id: 0,
      protocol: 'tcp',
      family: 'ipv6',
      client: '[2001:db8::10]:40000',
      server: '[2001:db8:0:1::80]:80',
      firstPacket: 1,
      firstTime: 0,
      orientation: 'syn',
      opens: 'syn',
    })
    expect(table.info(1)).to.include({ server: '255.255.255.255:80', firstPacket: 2, firstTime: 1e9 })
    for (const id of [-1, 2, 0.5]) expect(() => table.info(id)).to.throw('There is no flow')
  })

  it('ties echo and answer together without their identifier, each way of asking by itself', () => {
    const request = ethernet(ipv4(Protocol.icmp, icmp(8, 0, hex('0001'))))
    const answer = ethernet(ipv4(Protocol.icmp, icmp(0, 0, hex('0002'))))
    const frames = [answer, { ...request, bytes: withAddressesSwapped(request.bytes) }, request]
    const stamp = ethernet(ipv4(Protocol.icmp, icmp(13, 0, hex(''))))
    const table = new FlowTable()
    const batch = assigned([...frames, stamp], table)
    expect(placesOf(batch)).to.deep.equal(['0 c2s', '0 s2c', '1 c2s', '2 c2s'])
    expect(table.info(0)).to.include({ protocol: 'icmp', client: '192.0.2.10', opens: 'n/a' })
    const [asked, told] = [128, 129].map((type) => ipv6(Protocol.icmp6, icmp(type, 0, hex(''))))
    if (asked === undefined || told === undefined) throw new Error('two messages')
    const back = join8(told.subarray(0, 8), told.subarray(24, 40), told.subarray(8, 24), told.subarray(40))
    const sixth = [asked, back, told].map((packet) => ethernet(packet))
    expect([...assigned(sixth).flow]).to.deep.equal([0, 0, 1])
  })

  it('ties an ICMP error to the flow that it quotes, the other way, and to none when there is none', () => {
    const packet = ipv4(Protocol.tcp, tcp())
    const error = ethernet(ipv4(Protocol.icmp, icmp(3, 3, packet.subarray(0, 28))))
    const cutQuote = ethernet(ipv4(Protocol.icmp, icmp(3, 3, packet.subarray(0, 24))))
    const batch = assigned([error, ethernet(packet), error, cutQuote])
    expect(placesOf(batch)).to.deep.equal(['-1 c2s', '0 c2s', '0 s2c', '-1 c2s'])
    const six = ipv6(Protocol.udp, udp(8))
    const error6 = ethernet(ipv6(Protocol.icmp6, icmp(1, 4, six)))
    expect(placesOf(assigned([ethernet(six), error6]))).to.deep.equal(['0 c2s', '0 s2c'])
  })

  it('makes a flow of addresses and protocol where there are no ports, and none of what is unreadable', () => {
    const gre = ethernet(ipv4(47, hex('00000800')))
    const esp = ethernet(ipv6(50, hex('0000000100000002')))
    const sctp = ethernet(ipv4(Protocol.sctp, hex('9c40000700000001 00000000 0b000004')))
    const cut = { ...segment(0), bytes: segment(0).bytes.subarray(0, 44), original: 54 }
    const broken = { ...segment(0), bytes: segment(0).bytes.subarray(0, 44) }
    const arp = ethernet(hex('0001'))
    const table = new FlowTable()
    const batch = assigned([gre, esp, cut, broken, arp, gre, sctp], table)
    expect([...batch.flow]).to.deep.equal([0, 1, -1, -1, -1, 0, 2])
    expect(table.info(1)).to.include({ protocol: 'ip', family: 'ipv6', client: '2001:db8::10' })
    expect(table.info(2)).to.include({ protocol: 'sctp', client: '192.0.2.10', server: '198.51.100.80' })
  })

  it('takes an endpoint that talks to itself as a client', () => {
    const same = { sourcePort: 9, destinationPort: 9 }
    const loop = withAddress(segment(0, { ...SYN_ACK, ...same }).bytes, SERVER_AT, 0xc000020a)
    expect(placesOf(assigned([{ ...segment(0), bytes: loop }]))).to.deep.equal(['0 c2s'])
  })

  it('keeps ids when every packet is reversed, and turns only what ports told', () => {
    const packet = fc.record({
      client: fc.integer({ min: 1, max: 3 }),
      port: fc.integer({ min: 40_000, max: 40_002 }),
      back: fc.boolean(),
      flags: fc.constantFrom(Tcp.syn, Tcp.syn | Tcp.ack, Tcp.ack, Tcp.fin),
    })
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 40 }), (packets) => {
        const frames = packets.map(({ client, port, back, flags }) => {
          const frame = segment(0, { sourcePort: port, flags })
          const bytes = withAddress(frame.bytes, 26, client)
          return { ...frame, bytes: back ? reversed(bytes) : bytes }
        })
        const table = new FlowTable()
        const there = assigned(frames, table)
        const back = assigned(frames.map((frame) => ({ ...frame, bytes: reversed(frame.bytes) })))
        expect([...back.flow]).to.deep.equal([...there.flow])
        there.flow.forEach((id, i) => {
          const turns = table.info(id).orientation === 'ports'
          expect((there.direction[i] ?? 0) !== (back.direction[i] ?? 0)).to.equal(turns)
        })
      }),
      { seed: 7 },
    )
  })

  it('starts anew after a reset, with the memory of many flows', () => {
    const table = new FlowTable()
    const many = Array.from({ length: 500 }, (_, i) => segment(0, { ...SYN, sourcePort: 1024 + i }))
    const six = ethernet(ipv6(Protocol.tcp, tcp()))
    for (let round = 0; round < 2; round++) {
      const batch = assigned([six, ...many, six], table)
      expect([...batch.flow]).to.deep.equal([...Array(501).keys(), 0])
      expect(table.count).to.equal(501)
      expect(table.info(400).client).to.equal('192.0.2.10:1423')
      table.reset()
      expect(table.count).to.equal(0)
    }
  })
})
