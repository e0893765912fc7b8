import { expect } from 'chai'
import { nameOf, Reason, Tcp } from '../../model/codes.ts'
import { chunkOf } from '../../observe/live/live-bench.test.ts'
import { Drops } from './drops.ts'

const STEPS = [
  { from: 'client', flags: Tcp.ack, seq: 100, ack: 500, payload: 10 },
  { from: 'server', flags: Tcp.ack, seq: 500, ack: 110 },
  { from: 'client', flags: Tcp.ack, seq: 100, ack: 500, payload: 10 },
] as const

/** The drop event of a packet, as Suricata writes it. */
function eventOf(packet: { readonly event: object }, reason: string, source = 'wire/pcap') {
  return JSON.stringify({
    event_type: 'drop',
    ...packet.event,
    pkt_src: source,
    drop: { ...('drop' in packet.event ? (packet.event.drop as object) : {}), reason },
  })
}

describe('target/suricata-live/drops', () => {
  for (const family of ['ipv4', 'ipv6'] as const) {
    const { packets } = chunkOf(STEPS.map((step) => ({ ...step, family })))
    const six = family === 'ipv6'
    const ends = (i: number) => {
      const l3 = packets.l3[i] ?? 0
      const text = (at: number, size: number) =>
        size === 4
          ? [...packets.bytes.subarray(at, at + 4)].join('.')
          : (
              Buffer.from(packets.bytes.subarray(at, at + 16))
                .toString('hex')
                .match(/.{4}/g) ?? []
            ).join(':')
      return six
        ? { src_ip: text(l3 + 8, 16), dest_ip: text(l3 + 24, 16) }
        : { src_ip: text(l3 + 12, 4), dest_ip: text(l3 + 16, 4) }
    }
    const packet = (i: number) => {
      const l3 = packets.l3[i] ?? 0
      const l4 = packets.l4[i] ?? 0
      const u16 = (at: number) => ((packets.bytes[at] ?? 0) << 8) | (packets.bytes[at + 1] ?? 0)
      const numbers = { tcpseq: packets.seq[i], tcpack: packets.ack[i] }
      return {
        event: {
          ...ends(i),
          src_port: u16(l4),
          dest_port: u16(l4 + 2),
          drop: six ? { len: u16(l3 + 4), ...numbers } : { len: u16(l3 + 2), ipid: u16(l3 + 4), ...numbers },
        },
      }
    }
    const reasons = (drops: Drops) => [0, 1, 2].map((i) => nameOf(Reason, drops.reasonOf(packets, i)))

    it(`ties events to ${family} packets by addresses and numbers, copies in their turn`, () => {
      const drops = new Drops()
      drops.take(eventOf(packet(0), 'stream midstream'))
      drops.take(eventOf(packet(1), 'flow drop'))
      drops.take(eventOf(packet(2), 'flow drop'))
      expect(reasons(drops)).to.deep.equal(['stream midstream', 'flow drop', 'flow drop'])
      expect(reasons(drops)).to.deep.equal(['none', 'none', 'none'])
    })

    it(`tells nothing of ${family} packets of other addresses, or before it was cleared`, () => {
      const drops = new Drops()
      drops.take(eventOf({ event: { ...packet(0).event, src_port: 1 } }, 'stream midstream'))
      drops.take('{"event_type":"stats","stats":{"drop":1}}')
      drops.take(eventOf(packet(1), 'flow drop'))
      drops.clear()
      expect(reasons(drops)).to.deep.equal(['none', 'none', 'none'])
    })

    it(`a ${family} packet dropped for what is in it has the reason that that has`, () => {
      const drops = new Drops()
      drops.take(eventOf({ event: {} }, 'stream error', 'gre tunnel'))
      drops.take(eventOf(packet(0), 'tunnel packet drop'))
      drops.take(eventOf(packet(1), 'rules', 'defrag'))
      drops.take(eventOf(packet(1), 'tunnel packet drop'))
      expect(reasons(drops).slice(0, 2)).to.deep.equal(['stream error', 'rules'])
    })
  }
})
