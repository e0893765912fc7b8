import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import { u16 } from './bytes.ts'
import { hex, ipv4, join8, onEveryLink, tcp } from './example-frames.test.ts'
import { findNetwork, fitLink, newNetworkStart, putVlanBefore } from './links.ts'

describe('wire/links', () => {
  it('finds the network header behind every link header', () => {
    const packet = ipv4(6, tcp())
    for (const { bytes, link } of onEveryLink(packet)) {
      const found = newNetworkStart()
      findNetwork(bytes, 0, bytes.length, link, found)
      expect(found.offset).to.equal(bytes.length - packet.length)
      expect(found.etherType).to.equal(0x0800)
    }
  })

  it('says when the frame ends before it', () => {
    const found = newNetworkStart()
    const lengths: [number, number][] = [
      [Link.ethernet, 13],
      [Link.sll, 15],
      [Link.sll2, 19],
      [Link.chdlc, 3],
      [Link.null, 3],
      [Link.ppp, 1],
      [Link.raw, 0],
      [Link.nflog, 7],
    ]
    for (const [link, length] of lengths) {
      findNetwork(new Uint8Array(30), 4, 4 + length, link, found)
      expect(found.offset, `link ${link}`).to.equal(-1)
    }
    findNetwork(join8(new Uint8Array(12), hex('8100 0005')), 0, 16, Link.ethernet, found)
    expect(found.offset).to.equal(-1)
  })

  it('believes what the last label of MPLS says, and else what its first nibble suggests (RFC 3032 2.1, RFC 4928 2)', () => {
    const found = newNetworkStart()
    const below = (label: number, next: string, link: number = Link.ethernet) => {
      const labels = new Uint8Array([label >> 12, label >> 4, (label << 4) | 1, 64])
      const head = link === Link.ppp ? hex('ff03 0281') : join8(new Uint8Array(12), hex('8847'))
      const frame = join8(head, labels, hex(next), new Uint8Array(40))
      findNetwork(frame, 0, frame.length, link, found)
      return found.etherType
    }
    expect(below(0, 'ff')).to.equal(0x0800)
    expect(below(2, 'ff')).to.equal(0x86dd)
    expect(below(13, '45')).to.equal(0)
    expect(below(16, '45')).to.equal(0x0800)
    expect(below(16, '60')).to.equal(0x86dd)
    expect(below(16, '00000000 000000000001 000000000002 0800')).to.equal(0x0800)
    expect(below(0, 'ff', Link.ppp)).to.equal(0x0800)
  })

  it('counts a VLAN that no tag holds as the outermost', () => {
    const found = newNetworkStart()
    const vlans = (tags: string) => {
      const frame = join8(new Uint8Array(12), hex(tags), hex('0800'), ipv4(6, tcp()))
      findNetwork(frame, 0, frame.length, Link.ethernet, found)
      putVlanBefore(7, found)
      return [found.vlan & 0xfff, found.vlan >> 12, found.innerVlan]
    }
    expect(vlans('')).to.deep.equal([7, 0, 0])
    expect(vlans('8100 0005')).to.deep.equal([5, 7, 0])
    expect(vlans('88a8 0003 8100 0005')).to.deep.equal([3, 7, 5])
  })

  it('keeps the length of PPPoE and NFLOG in step', () => {
    const pppoe = join8(new Uint8Array(12), hex('8864 1100 0001 0000 0021'), new Uint8Array(30))
    fitLink(pppoe, Link.ethernet)
    expect(u16(pppoe, 18)).to.equal(32)
    const little = join8(hex('02000000 0000 0900'), new Uint8Array(300))
    little[4] = 4
    fitLink(little, Link.nflog)
    expect(Array.from(little.slice(4, 8))).to.deep.equal([304 & 255, 304 >> 8, 9, 0])
    const big = join8(hex('02000000 0004 0009'), new Uint8Array(300))
    fitLink(big, Link.nflog)
    expect(u16(big, 4)).to.equal(304)
  })
})
