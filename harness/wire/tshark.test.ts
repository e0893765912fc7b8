import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Kind, Link, nameOf } from '../model/codes.ts'
import { u16 } from './bytes.ts'
import { decodeBatch } from './decode.ts'
import { dissect } from './dissect.ts'
import {
  batchOf,
  type ExampleFrame,
  ethernet,
  hex,
  icmp,
  ipv4,
  ipv6,
  onEveryLink,
  tcp,
  tshark,
  udp,
} from './example-frames.test.ts'
import { addressLength } from './ip.ts'
import { Protocol } from './numbers.ts'
import { readdress } from './readdress.ts'

const CAPTURES = new URL('../../captures/', import.meta.url)
const LINK_OF: Readonly<Record<number, number>> = {
  1: Link.ethernet,
  101: Link.raw,
  113: Link.sll,
  276: Link.sll2,
}
const FIELDS = ['ieee8021ad.id', 'vlan.id', 'tcp.flags', 'tcp.len', 'udp.length', 'icmp.type', 'icmpv6.type']
const FRAGMENT = ['ip.flags.mf', 'ip.frag_offset', 'ipv6.fraghdr.offset', 'ipv6.fraghdr.more']

const CHECKSUM_STATUS = ['ip', 'tcp', 'udp', 'icmp', 'icmpv6'].map(
  (protocol) => `${protocol}.checksum.status`,
)

/** What tshark says of a frame in the words of our columns; what an ICMP error quotes comes last in its lists. */
function byShark(row: readonly string[]): string {
  const first = row.map((cell) => cell.split(',')[0] ?? '')
  const [, , flags, length, datagram, type4, type6, more4, offset4, offset6, more6] = first
  const ids = [row[0], row[1]].join(',').split(',').filter(Boolean).map(Number)
  const vlan = `vlan ${ids.slice(0, 2).reduce((tags, id) => (tags << 12) | id, 0)}`
  const fragment = [more4, offset4, offset6, more6].some(
    (cell) => cell !== '' && cell !== '0' && cell !== 'False',
  )
  if (fragment && first.length > FIELDS.length) return `fragment ${vlan}`
  if (type4 || type6) return `icmp type ${type4 || type6} ${vlan}`
  if (flags) return `tcp ${Number(flags)} ${length} ${vlan}`
  return datagram ? `udp ${datagram} ${vlan}` : `none ${vlan}`
}

/** The same words from the columns of a batch. */
function byColumns(frames: readonly ExampleFrame[]): string[] {
  const batch = batchOf(...frames)
  decodeBatch(batch)
  return frames.map((_, i) => {
    const kind = nameOf(Kind, batch.kind[i] ?? 255)
    const l4 = batch.l4[i] ?? 0
    const vlan = batch.vlan[i]
    if (kind.startsWith('tcp')) return `tcp ${batch.flags[i]} ${batch.payload[i]} vlan ${vlan}`
    if (kind.startsWith('udp')) return `udp ${(batch.payload[i] ?? 0) + 8} vlan ${vlan}`
    if (kind.startsWith('icmp')) return `icmp type ${batch.bytes[l4]} vlan ${vlan}`
    return `${kind.startsWith('fragment') ? 'fragment' : 'none'} vlan ${vlan}`
  })
}

interface Recorded extends ExampleFrame {
  readonly linkType: number
  readonly where: string
}

/** The frames of a classic little-endian capture. */
function framesOf(name: string): Recorded[] {
  const file = readFileSync(new URL(name, CAPTURES))
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const linkType = view.getUint32(20, true)
  const link = LINK_OF[linkType] ?? Link.unsupported
  const frames: Recorded[] = []
  for (let at = 24; at < file.length; ) {
    const length = view.getUint32(at + 8, true)
    const where = `${name} frame ${frames.length + 1}`
    frames.push({ link, linkType, where, bytes: file.subarray(at + 16, at + 16 + length) })
    at += 16 + length
  }
  return frames
}

describe('wire against tshark', () => {
  const recorded = readdirSync(CAPTURES)
    .filter((name) => name.endsWith('.pcap'))
    .flatMap(framesOf)
  const linkTypes = [...new Set(recorded.map((frame) => frame.linkType))]

  it('agrees about every packet of the recorded captures', () => {
    for (const linkType of linkTypes) {
      const frames = recorded.filter((frame) => frame.linkType === linkType)
      const rows = tshark(linkType, frames, [...FIELDS, ...FRAGMENT])
      expect(rows.length).to.equal(frames.length)
      const ours = byColumns(frames)
      rows.forEach((row, i) => {
        expect(ours[i], frames[i]?.where).to.equal(byShark(row))
      })
    }
  })

  it('finds every checksum as right as before when recorded packets were given other endpoints and numbers', () => {
    for (const linkType of linkTypes) {
      const frames = recorded.filter((frame) => frame.linkType === linkType)
      const changed = frames.map(({ bytes, link }) => {
        const copy = bytes.slice()
        const { l3 } = dissect(copy, link)
        const address = (last: number) =>
          new Uint8Array(l3 < 0 ? 4 : addressLength(copy, l3)).fill(0x2a).fill(last, 3)
        const source = { address: address(1), port: 50_001 }
        const destination = { address: address(2), port: 8080 }
        readdress(copy, link, { source, destination, seqDelta: 0x12345678, ackDelta: -99 })
        return { bytes: copy }
      })
      // Not simply all right: to tshark the checksum of a packet that an ICMP error quotes in part is wrong.
      const before = tshark(linkType, frames, CHECKSUM_STATUS)
      const after = tshark(linkType, changed, CHECKSUM_STATUS)
      expect(before.flat().filter((cell) => cell === '1').length).to.be.above(frames.length)
      after.forEach((row, i) => {
        expect(row, frames[i]?.where).to.deep.equal(before[i])
      })
    }
  })

  it('agrees about every link, tag and family of built frames', () => {
    const segments: [number, number, Uint8Array][] = [
      [Protocol.tcp, Protocol.tcp, tcp({ options: hex('020405b4') }, 17)],
      [Protocol.udp, Protocol.udp, udp(21)],
      [Protocol.icmp, Protocol.icmp6, icmp(8, 0, new Uint8Array(16))],
    ]
    const packets = segments.flatMap(([four, six, segment]) => {
      const segment6 = six === Protocol.icmp6 ? icmp(128, 0, new Uint8Array(16)) : segment
      return [
        ipv4(four, segment),
        ipv4(four, segment, { options: hex('94040000') }),
        ipv6(six, segment6),
        ipv6(six, segment6, 0, hex('3c00 010400000000'), Uint8Array.of(six, 0, 1, 4, 0, 0, 0, 0)),
        ipv6(six, segment6, 44, Uint8Array.of(six, 0, 0, 0, 0, 0, 0, 9)),
      ]
    })
    const byType = new Map<number, ExampleFrame[]>()
    const add = (linkType: number, frame: ExampleFrame) =>
      byType.set(linkType, [...(byType.get(linkType) ?? []), frame])
    for (const packet of packets) {
      for (const frame of onEveryLink(packet)) add(frame.linkType, frame)
      for (const tags of ['8100 0005', '88a8 0064 8100 0005', '9100 0064 8100 0005'])
        add(1, ethernet(packet, hex(tags)))
      const six = (packet[0] ?? 0) >> 4 === 6
      add(1, { link: Link.ethernet, bytes: inside('8847 00010040 00011140', packet) })
      const length = (packet.length + 2).toString(16).padStart(4, '0')
      add(1, {
        link: Link.ethernet,
        bytes: inside(`8864 1100 0001 ${length} ${six ? '0057' : '0021'}`, packet),
      })
    }
    for (const [linkType, frames] of byType) {
      const rows = tshark(linkType, frames, FIELDS)
      expect(byColumns(frames), `LINKTYPE ${linkType}`).to.deep.equal(rows.map(byShark))
    }
  })
})

/** The packet in an Ethernet frame behind `tags`, which hold the EtherType too. */
function inside(tags: string, packet: Uint8Array): Uint8Array {
  const head = hex(`02000000000b 02000000000a ${tags}`)
  const bytes = new Uint8Array(head.length + packet.length)
  bytes.set(head)
  bytes.set(packet, head.length)
  expect(u16(bytes, 12)).to.be.above(0x600)
  return bytes
}
