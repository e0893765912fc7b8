import { expect } from 'chai'
import fc from 'fast-check'
import type { PacketBatch } from '../model/batch.ts'
import { Kind, Link, nameOf } from '../model/codes.ts'
import { decodeBatch } from './decode.ts'
import { dissectFrame } from './dissect.ts'
import { newDissection } from './dissection.ts'
import { batchOf, ethernet, hex, ipv4, ipv6, onEveryLink, tcp, udp } from './example-frames.test.ts'
import { Protocol } from './numbers.ts'
import { inEveryTunnel } from './tunnel/example-tunnels.test.ts'

/** The columns of packet 0, offsets counted from its own start. */
function rowOf(batch: PacketBatch) {
  const start = batch.start[0] ?? 0
  const from = (offset: number | undefined) => (offset === undefined || offset < 0 ? -1 : offset - start)
  return {
    kind: nameOf(Kind, batch.kind[0] ?? 255),
    l3: from(batch.l3[0]),
    l4: from(batch.l4[0]),
    payload: batch.payload[0] ?? 0,
    flags: batch.flags[0] ?? 0,
    vlan: batch.vlan[0] ?? 0,
    stack: batch.stack[0] ?? 0,
  }
}

describe('wire/decode, damaged frames', () => {
  it('gives the same columns by the short way and the long one', () => {
    const frames = [ipv4(Protocol.tcp, tcp({}, 20)), ipv4(Protocol.udp, udp(20))].map(
      (p) => ethernet(p).bytes,
    )
    const long = newDissection()
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }),
        fc.nat(80),
        fc.nat(80),
        (frame, changes, length, original) => {
          const bytes = frame.slice(0, length)
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          const batch = batchOf({ bytes, link: Link.ethernet, original })
          decodeBatch(batch)
          dissectFrame(batch.bytes, 16, bytes.length, original, Link.ethernet, long)
          const { protocol: _, stop: __, layers: ___, ...columns } = long
          expect({
            kind: batch.kind[0],
            l3: batch.l3[0],
            l4: batch.l4[0],
            payload: batch.payload[0],
            flags: batch.flags[0],
            vlan: batch.vlan[0],
            stack: batch.stack[0],
          }).to.deep.equal(columns)
        },
      ),
      { seed: 21, numRuns: 3000 },
    )
  })

  it('never throws, keeps offsets inside the frame and reads nothing outside it', () => {
    const packets = [
      ipv4(Protocol.tcp, tcp({}, 5)),
      ipv6(Protocol.udp, udp(9), 44, hex('1100 0001 00000009')),
      ipv6(Protocol.tcp, tcp(), 0, hex('3c00 010400000000'), hex('0600 010400000000')),
    ]
    const seeds = [
      ...packets.flatMap(onEveryLink),
      ethernet(ipv4(Protocol.tcp, tcp()), hex('88a8 0064 8100 0005')),
      ...packets.flatMap(inEveryTunnel).map((packet) => ethernet(packet)),
      ...packets
        .flatMap(inEveryTunnel)
        .flatMap(inEveryTunnel)
        .map((packet) => ethernet(packet)),
    ]
    const links = fc.constantFrom(...Object.values(Link))
    const arbitrary = fc.record({ link: links, bytes: fc.uint8Array({ maxLength: 120 }) })
    const damaged = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }),
        fc.nat(240),
      )
      .map(([frame, changes, length]) => {
        const bytes = frame.bytes.slice(0, length)
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        return { link: frame.link, bytes }
      })
    fc.assert(
      fc.property(
        fc.oneof(arbitrary, damaged),
        fc.nat(300),
        fc.nat(2),
        ({ link, bytes }, original, tunnels) => {
          const frame = { link, bytes, original }
          const batch = batchOf(frame)
          batch.tunnels = tunnels
          decodeBatch(batch)
          const row = rowOf(batch)
          for (const offset of [row.l3, row.l4])
            expect(offset).to.be.within(-1, Math.max(bytes.length - 1, 0))
          expect(row.payload).to.be.within(0, 65_535)
          if (['tcp4', 'tcp6'].includes(row.kind)) expect(row.l4 + 20).to.be.at.most(bytes.length)
          if (['udp4', 'udp6', 'icmp4', 'icmp6'].includes(row.kind))
            expect(row.l4 + 8).to.be.at.most(bytes.length)
          const other = batchOf(frame)
          other.bytes.fill(0x45, 0, 16)
          other.bytes.fill(0x45, 16 + bytes.length)
          other.tunnels = tunnels
          decodeBatch(other)
          expect(rowOf(other)).to.deep.equal(row)
        },
      ),
      { seed: 22, numRuns: 6000 },
    )
  })
})
