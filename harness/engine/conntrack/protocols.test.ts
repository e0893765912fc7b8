import { expect } from 'chai'
import { putU16 } from '../../wire/bytes.ts'
import { emitIcmp } from '../../wire/icmp.ts'
import { Protocol } from '../../wire/numbers.ts'
import { endsOf, frameOf } from '../conversations/frames.test.ts'
import { type ExamplePacket, Lab, type LabOptions, packet } from '../example-engine.test.ts'
import { ENDS, rawFrame } from './sctp-said.test.ts'

const LINUX: LabOptions = { profile: 'linux-conntrack', exception: 'reject' }
const INVALID = 'drop ct invalid'
const IP = 14

function sent(bytes: Uint8Array, seconds = 0): ExamplePacket {
  return { seconds, host: 0, bytes }
}

function raw(protocol: number, toServer: boolean, ...segment: number[]): ExamplePacket {
  return sent(rawFrame(protocol, toServer, Uint8Array.from(segment)))
}

/** An ICMP error of its receiver about a packet of the client, of which so many transport bytes are quoted. */
function errorAbout({ bytes }: ExamplePacket, quoted = 8, seconds = 0): ExamplePacket {
  const quote = bytes.subarray(IP, IP + 20 + quoted)
  const segment = new Uint8Array(8 + quote.length)
  emitIcmp({ type: 3, code: 1, rest: 0 }, segment, 0)
  segment.set(quote, 8)
  return sent(frameOf(ENDS, false, Protocol.icmp, segment), seconds)
}

/** A packet with something between its IP header and what follows. */
function behind({ bytes }: ExamplePacket, between: readonly number[], header?: number): ExamplePacket {
  const end = IP + (header === undefined ? 20 : 40)
  const longer = Uint8Array.from([...bytes.subarray(0, end), ...between, ...bytes.subarray(end)])
  if (header === undefined) longer[IP] = 0x45 + between.length / 4
  else longer[IP + 6] = header
  const length = header === undefined ? IP + 2 : IP + 4
  putU16(longer, length, ((longer[length] ?? 0) << 8) + (longer[length + 1] ?? 0) + between.length)
  return sent(longer)
}

describe('conntrack: UDP-Lite and GRE', () => {
  it('calls UDP-Lite invalid without a checksum, or where that covers too little or too much', () => {
    const lab = new Lab(LINUX)
    const covering = (covered: number, sum = 1) =>
      raw(Protocol.udpLite, true, 0, 9, 0, 10, 0, covered, 0, sum, 7, 7)
    expect(lab.play(covering(0), covering(8), covering(10))).to.deep.equal(Array(3).fill('forward'))
    expect(lab.play(covering(7), covering(11), covering(8, 0))).to.deep.equal(Array(3).fill(INVALID))
    expect(lab.play(raw(Protocol.udpLite, true, 0, 9, 0, 10, 0))).to.deep.equal([INVALID])
  })

  it('tells UDP-Lite apart by ports, of which an error quotes no more than those', () => {
    const lab = new Lab(LINUX)
    const one = raw(Protocol.udpLite, true, 0, 9, 0, 10, 0, 8, 0, 1)
    const other = raw(Protocol.udpLite, true, 0, 9, 0, 11, 0, 8, 0, 1)
    expect(lab.play(one, errorAbout(other), errorAbout(one, 4), errorAbout(one, 3))).to.deep.equal([
      ...['forward', INVALID, 'forward', INVALID],
    ])
  })

  it('has a flow of each call and direction of version 1 of GRE, and none of what is not round PPP', () => {
    const lab = new Lab(LINUX)
    const call = (toServer: boolean, id: number, type = 0x0b) =>
      raw(Protocol.gre, toServer, 0x30, 1, 0x88, type, 0, 0, 0, id)
    expect(lab.play(call(true, 7), errorAbout(call(true, 7)), errorAbout(call(true, 8)))).to.deep.equal([
      ...['forward', 'forward', INVALID],
    ])
    expect(lab.play(call(true, 7, 0x0c))).to.deep.equal([INVALID])
    // An answer does not make it live longer, as it would without calls.
    lab.play(call(false, 7), call(true, 7))
    expect(lab.play(errorAbout(call(true, 7), 8, 31))).to.deep.equal([INVALID])
    const plain = new Lab(LINUX)
    plain.play(call(false, 0), call(true, 0), call(false, 0))
    expect(plain.play(errorAbout(call(true, 0), 8, 31))).to.deep.equal(['forward'])
  })
})

describe('conntrack: headers between', () => {
  const six = (line: string) => packet(line, { family: 'ipv6' })
  const data = '> PA 1 1 len=10'
  const NOTHING = [1, 4, 0, 0, 0, 0]
  const REJECT = 'reject ct invalid'
  const ANY_SUM: LabOptions = { ...LINUX, knobs: { badChecksum: 'ignore' } }

  it('takes mobility, host identity and shim6 for protocols of their own', () => {
    for (const header of [Protocol.mobility, Protocol.hostIdentity, Protocol.shim6]) {
      const lab = new Lab(ANY_SUM)
      expect(lab.play(six(data)), `${header}`).to.deep.equal([REJECT])
      expect(lab.play(behind(six(data), [Protocol.tcp, 0, ...NOTHING], header))).to.deep.equal(['forward'])
    }
  })

  it('sends no reset about TCP behind authentication, which is none to its rules', () => {
    const hidden = (line: string) =>
      behind(six(line), [Protocol.tcp, 2, ...Array(14).fill(0)], Protocol.authentication)
    const lab = new Lab(ANY_SUM)
    expect(lab.play(six(data), hidden(data))).to.deep.equal([REJECT, INVALID])
    expect(lab.play(hidden('> S 0'), hidden('> R 0'))).to.deep.equal(['forward', 'forward'])
  })

  it('sends none about TCP with an option into which it has written, unless no checksum is looked at', () => {
    const room = [7, 7, 4, 0, 0, 0, 0, 0]
    const full = [7, 7, 8, 0, 0, 0, 0, 0]
    const stamps = [1, 68, 8, 9, 0, 0, 0, 0, 0, 0, 0, 0]
    const lab = new Lab(LINUX)
    const ignoring = new Lab(ANY_SUM)
    const ends = endsOf(3, false)
    const segment = Uint8Array.of(0, 9, 0, 10, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 0, 9, 0, 0, 0, 0)
    const ack = sent(frameOf(ends, true, Protocol.tcp, segment))
    const packets = [ack, behind(ack, full), behind(ack, room), behind(ack, stamps)]
    expect(lab.play(...packets)).to.deep.equal([REJECT, REJECT, INVALID, INVALID])
    expect(ignoring.play(...packets)).to.deep.equal(Array(4).fill(REJECT))
  })
})
