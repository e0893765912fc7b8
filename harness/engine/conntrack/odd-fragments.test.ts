import { expect } from 'chai'
import { ethernet } from '../../wire/example-frames.test.ts'
import { Protocol } from '../../wire/numbers.ts'
import { type ExamplePacket, Lab, type LabOptions } from '../example-engine.test.ts'
import { cut, headerOf } from '../example-fragments.test.ts'
import { datagram } from '../oracle-datagrams.test.ts'

const LINUX: LabOptions = { profile: 'linux-conntrack', exception: 'reject' }
const SEGMENT = '> PA 1 1 len=44'

/** Bytes `from` … `to`-1 of the segment of an IPv6 packet, as a fragment that is not the last, or as all of it. */
function piece(line: string, from: number, to: number, at = 0, protocol?: number): ExamplePacket {
  const whole = datagram(line, 5, 'ipv6')
  if (protocol !== undefined) whole[6] = protocol
  const more = to < whole.length - headerOf(whole)
  return { seconds: at, host: 0, bytes: ethernet(cut(whole, { from, to, more }, 1)).bytes }
}

/** What is sent about datagrams that were never complete, after these packets. */
function toldAbout(...packets: ExamplePacket[]): string[] {
  const lab = new Lab(LINUX)
  lab.play(...packets)
  lab.play('> UDP port=9 @200')
  return lab.batch.emitted.map(({ kind, to, at }) => `${kind} to ${to} @${at / 1e9}`)
}

describe('conntrack: odd fragments of IPv6', () => {
  it('judges a first one of no multiple of 8 bytes by its headers, and calls a later one invalid', () => {
    for (const [exception, later] of [
      ['drop', 'drop ct invalid'],
      ['reject', 'drop ct invalid'],
      ['continue', 'forward'],
    ] as const) {
      const lab = new Lab({ ...LINUX, exception })
      expect(lab.play(piece(SEGMENT, 24, 45)), exception).to.deep.equal([later])
      expect(lab.play(piece('> S 0 len=44', 0, 25)), exception).to.deep.equal(['forward'])
    }
    const lab = new Lab({ ...LINUX, exception: 'drop' })
    expect(lab.play(piece(SEGMENT, 0, 25))).to.deep.equal(['drop ct invalid'])
    expect(lab.play(piece('> UDP', 0, 9))).to.deep.equal(['drop ct invalid'])
    // It has opened a connection.
    expect(lab.play(piece('> S 0 len=44', 0, 25), piece('< SA 0 6', 0, 20))).to.deep.equal([
      'forward',
      'forward',
    ])
    const suricata = new Lab({ profile: 'suricata-7', exception: 'drop' })
    expect(suricata.play(piece(SEGMENT, 24, 45))).to.deep.equal(['forward'])
  })

  it('says nothing of a datagram that goes by such a one, or by one that is all of a datagram', () => {
    const first = piece(SEGMENT, 0, 24)
    expect(toldAbout(first)).to.deep.equal(['icmp to client @60'])
    expect(toldAbout(first, piece(SEGMENT, 40, 45, 1))).to.deep.equal([])
    expect(toldAbout(first, piece(SEGMENT, 0, 25, 1))).to.deep.equal([])
    expect(toldAbout(first, piece(SEGMENT, 40, 45, 1), piece(SEGMENT, 0, 24, 2))).to.deep.equal([
      'icmp to client @62',
    ])
    expect(toldAbout(first, piece(SEGMENT, 0, 64, 1))).to.deep.equal([])
  })

  it('tells the sender of a datagram of SCTP, of which the shortest fragment holds the ports', () => {
    expect(toldAbout(piece(SEGMENT, 0, 8, 0, Protocol.sctp))).to.deep.equal(['icmp to client @60'])
    expect(toldAbout(piece(SEGMENT, 0, 8, 0, Protocol.none))).to.deep.equal([])
  })
})
