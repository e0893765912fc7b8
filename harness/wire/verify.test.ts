import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import { ethernet, hex, icmp, ipv4, ipv6, join8, tcp, udp } from './example-frames.test.ts'
import { Protocol } from './numbers.ts'
import { verifyChecksums } from './verify.ts'

const WHOLE: [string, Uint8Array][] = [
  ['TCP', ipv4(Protocol.tcp, tcp({}, 5))],
  ['TCP over IPv6', ipv6(Protocol.tcp, tcp({}, 5))],
  ['UDP', ipv4(Protocol.udp, udp(5))],
  ['UDP over IPv6', ipv6(Protocol.udp, udp(5))],
  ['ICMP', ipv4(Protocol.icmp, icmp(8, 0, new Uint8Array(5)))],
  ['ICMPv6', ipv6(Protocol.icmp6, icmp(128, 0, new Uint8Array(5)))],
]

describe('wire/verify', () => {
  it('holds every byte of a whole segment, and no padding, to its checksum', () => {
    for (const [name, packet] of WHOLE) {
      const check = (bytes: Uint8Array) => verifyChecksums(join8(bytes, hex('abcd')), Link.raw)
      expect(check(packet), name).to.equal('ok')
      const six = name.includes('6')
      for (let at = six ? 40 : 20; at < packet.length; at++) {
        const damaged = packet.slice()
        damaged[at] = (damaged[at] ?? 0) ^ 0x10
        expect(check(damaged), `${name} at ${at}`).not.to.equal('ok')
      }
    }
  })

  it('holds the IPv4 header to its own', () => {
    const packet = ipv4(47, new Uint8Array(4))
    expect(verifyChecksums(packet, Link.raw)).to.equal('none')
    packet[8] = 3
    expect(verifyChecksums(packet, Link.raw)).to.equal('bad')
  })

  it('has none to verify where there is none, or not the whole segment', () => {
    const bare4 = ipv4(Protocol.udp, udp(5)).fill(0, 26, 28)
    const bare6 = ipv6(Protocol.udp, udp(5)).fill(0, 46, 48)
    expect(verifyChecksums(bare4, Link.raw)).to.equal('none')
    expect(verifyChecksums(bare6, Link.raw)).to.equal('bad')
    const cut = ethernet(ipv4(Protocol.tcp, tcp({}, 50))).bytes.slice(0, 60)
    expect(verifyChecksums(cut, Link.ethernet)).to.equal('none')
    const fragment = ipv4(Protocol.tcp, tcp({}, 8), { moreFragments: true })
    expect(verifyChecksums(fragment, Link.raw)).to.equal('none')
    expect(verifyChecksums(new Uint8Array(0), Link.raw)).to.equal('none')
  })
})
