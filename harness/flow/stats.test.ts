import { expect } from 'chai'
import fc from 'fast-check'
import { Tcp } from '../model/codes.ts'
import { ethernet, hex, icmp, ipv4, ipv6, tcp, udp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { assigned, fragments4, SYN, SYN_ACK, segment } from './example-packets.test.ts'
import { Lifetimes } from './lifetimes.ts'
import { FlowStats } from './stats.ts'
import { FlowTable } from './table.ts'

describe('flow/stats', () => {
  it('counts what is in a capture, batch by batch', () => {
    const table = new FlowTable()
    const stats = new FlowStats()
    const from = (sourcePort: number, change: object) => segment(0, { sourcePort, ...change })
    const cut = { ...from(40_005, SYN), bytes: from(40_005, SYN).bytes.subarray(0, 44), original: 54 }
    const echo = [ipv4(Protocol.icmp, icmp(8, 0, hex(''))), ipv6(Protocol.icmp6, icmp(128, 0, hex('')))]
    const pieces = fragments4(ipv4(Protocol.tcp, tcp({ flags: Tcp.syn, sourcePort: 40_004 }, 8)), [8, 16])
    stats.add(
      assigned([from(40_001, SYN), from(40_002, SYN_ACK), from(40_001, SYN), from(40_003, {})], table),
    )
    stats.add(
      assigned(
        [...echo, ipv4(Protocol.udp, udp(1)), ipv4(47, hex('00'))].map((packet) => ethernet(packet)),
        table,
      ),
    )
    stats.add(assigned([...pieces.map((packet) => ethernet(packet)), cut], table))
    stats.add(assigned([ethernet(hex('0001')), ethernet(hex('4f'))], table))
    const summary = stats.summary()
    expect(summary).to.deep.include({
      packets: 14,
      duration: 3,
      flows: { tcp: 4, udp: 1, icmp: 2, other: 1, peak: 3 },
      tcpStarts: { syn: 2, 'syn-ack': 1, mid: 1 },
      fragments: 3,
      truncated: 1,
    })
    expect(summary.malformed + summary.notIp).to.equal(2)
  })

  it('is all zeros for nothing', () => {
    expect(new FlowStats().summary()).to.deep.include({ packets: 0, bytes: 0, duration: 0 })
  })

  it('finds the most flows at one time', () => {
    const life = fc.tuple(fc.nat(20), fc.nat(20)).map(([begin, length]) => [begin, begin + length] as const)
    fc.assert(
      fc.property(fc.array(life, { maxLength: 200 }), (lives) => {
        const lifetimes = new Lifetimes()
        lives.forEach(([begin, end], flow) => {
          expect(lifetimes.see(flow, begin)).to.equal(true)
          expect(lifetimes.see(flow, end)).to.equal(false)
        })
        const at = (time: number) => lives.filter(([begin, end]) => begin <= time && time <= end).length
        expect(lifetimes.peak()).to.equal(Math.max(0, ...lives.map(([begin]) => at(begin))))
      }),
      { seed: 3 },
    )
  })
})
