import { expect } from 'chai'
import { transportChecksum } from '../../../wire/checksum.ts'
import { ArmFinder, bodyOf, type PcapArm } from './arms.ts'
import { advertisement, arpReply } from './neighbours.ts'

const OWN = '02:fb:02:00:00:00'
const PEER = '02:00:00:00:00:0a'
const arm: PcapArm = { device: 'c', own: OWN, peer: PEER, answers: true }
const hex = (text: string) => Buffer.from(text.replace(/[\s:]/g, ''), 'hex')

/** Who has 10.0.0.2? Tell 10.0.0.1. */
const ASKED = hex(`ffffffffffff ${PEER} 0806 0001 0800 06 04 0001 ${PEER} 0a000001 000000000000 0a000002`)
/** The same of fd00::2, asked by fd00::1. */
const SOLICITED = hex(`3333ff000002 ${PEER} 86dd 60000000 0020 3a ff
  fd000000000000000000000000000001 ff0200000000000000000001ff000002
  8700 0000 00000000 fd000000000000000000000000000002 0101 ${PEER}`)

function changed(frame: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(frame)
  copy.set(bytes, at)
  return copy
}

describe('observe/live/pcap/neighbours', () => {
  it('answers who asks by ARP that the address is here', () => {
    const answer = hex(`${PEER} ${OWN} 0806 0001 0800 06 04 0002 ${OWN} 0a000002 ${PEER} 0a000001`)
    expect(arpReply(arm, ASKED, 14)).to.deep.equal(answer)
  })

  it('answers with the tag of the VLAN', () => {
    const tagged = Buffer.concat([ASKED.subarray(0, 12), hex('8100 000a'), ASKED.subarray(12)])
    expect(arpReply({ ...arm, vlan: 10 }, tagged, bodyOf(tagged))?.subarray(12, 18)).to.deep.equal(
      hex('8100 000a 0806'),
    )
  })

  it('answers a solicitation with an advertisement whose checksum is right', () => {
    const answer = advertisement(arm, SOLICITED, 14) ?? Buffer.alloc(0)
    expect(answer.subarray(0, 14)).to.deep.equal(hex(`${PEER} ${OWN} 86dd`))
    expect(answer.subarray(22, 54)).to.deep.equal(
      hex('fd000000000000000000000000000002 fd000000000000000000000000000001'),
    )
    expect(answer[54]).to.equal(136)
    expect(answer.subarray(62)).to.deep.equal(hex(`fd000000000000000000000000000002 0201 ${OWN}`))
    const written = answer.readUInt16BE(56)
    const zeroed = changed(answer, 56, 0, 0)
    expect(transportChecksum(zeroed, 14, 54, zeroed.length, 58)).to.equal(written)
  })

  it('answers nobody else, nobody who looks for a double of itself, and nothing else', () => {
    const probe = changed(ASKED, 28, 0, 0, 0, 0)
    const announcement = changed(ASKED, 38, 10, 0, 0, 1)
    const reply = changed(ASKED, 21, 2)
    const stranger = changed(ASKED, 11, 0x0b)
    for (const frame of [probe, announcement, reply, stranger, ASKED.subarray(0, 30)])
      expect(arpReply(arm, frame, 14)).to.equal(undefined)
    expect(arpReply({ ...arm, answers: false }, ASKED, 14)).to.equal(undefined)
    const double = changed(SOLICITED, 22, ...Buffer.alloc(16))
    const routed = changed(SOLICITED, 21, 254)
    const echo = changed(SOLICITED, 54, 128)
    for (const frame of [double, routed, echo, changed(SOLICITED, 11, 0x0b), SOLICITED.subarray(0, 70)])
      expect(advertisement(arm, frame, 14)).to.equal(undefined)
  })
})

describe('observe/live/pcap/arms', () => {
  const at = (device: string, vlan: number | undefined, peer: string): PcapArm => ({
    device,
    own: OWN,
    peer,
    ...(vlan === undefined ? {} : { vlan }),
  })
  const tagged = (vlan: number) =>
    Buffer.concat([
      ASKED.subarray(0, 12),
      hex('8100'),
      Buffer.from([vlan >> 8, vlan & 255]),
      ASKED.subarray(12),
    ])

  it('are found by interface and tag, whoever sent the frame', () => {
    const finder = new ArmFinder([at('a', undefined, OWN), at('a', 10, OWN), at('b', 300, OWN)])
    expect(finder.at('a')(ASKED)).to.equal(0)
    expect(finder.at('a')(tagged(0))).to.equal(0)
    expect(finder.at('a')(tagged(10))).to.equal(1)
    expect(finder.at('a')(tagged(300))).to.equal(-1)
    expect(finder.at('b')(tagged(300))).to.equal(2)
    expect(finder.at('b')(ASKED)).to.equal(-1)
  })

  it('are told apart on one link by who sent the frame', () => {
    const finder = new ArmFinder([at('a', undefined, '02:00:00:00:00:0b'), at('a', undefined, PEER)])
    expect(finder.at('a')(ASKED)).to.equal(1)
    expect(finder.at('a')(changed(ASKED, 11, 0x0b))).to.equal(0)
    expect(finder.at('a')(changed(ASKED, 11, 0x0c))).to.equal(-1)
  })
})
