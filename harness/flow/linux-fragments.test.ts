import { expect } from 'chai'
import { Kind, Tcp } from '../model/codes.ts'
import { PLAIN_READING } from '../model/reading.ts'
import { putU16 } from '../wire/bytes.ts'
import { ethernet, ipv4, ipv6, tcp, udp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { assigned, fragments4, fragments6 } from './example-packets.test.ts'
import { FlowTable } from './table.ts'

const DATAGRAM4 = ipv4(Protocol.tcp, tcp({ flags: Tcp.psh | Tcp.ack }, 80))
const DATAGRAM6 = ipv6(Protocol.udp, udp(100))
const READING = {
  ...PLAIN_READING,
  fragments: { ...PLAIN_READING.fragments, overlap: 'drop', linux: true },
} as const

function read(...packets: Uint8Array[]) {
  return assigned(
    packets.map((packet) => ethernet(packet)),
    new FlowTable(READING),
  )
}

function completed(...packets: Uint8Array[]): number[] {
  return read(...packets).rebuilt.map(({ index }) => index)
}

function shorter(packet: Uint8Array, by: number): Uint8Array {
  const bytes = packet.slice(0, packet.length - by)
  const six = bytes[0] === 0x60
  putU16(bytes, six ? 4 : 2, bytes.length - (six ? 40 : 0))
  return bytes
}

describe('flow/fragments, as Linux', () => {
  const [head6 = DATAGRAM6, middle6 = DATAGRAM6, tail6 = DATAGRAM6] = fragments6(DATAGRAM6, [48, 96])
  /** The datagram behind a fragment header, in one piece. */
  const [atomic = DATAGRAM6] = fragments6(DATAGRAM6, [])

  it('lets an IPv6 datagram go by a fragment of no multiple of 8 bytes that is not the last, which is none of it', () => {
    const odd = shorter(middle6, 3)
    expect(completed(head6, odd, middle6, tail6)).to.deep.equal([])
    expect(completed(head6, odd, middle6, tail6, head6)).to.deep.equal([4])
    expect([...read(tail6, odd, head6).flow]).to.deep.equal([-1, -1, 0])
  })

  it('takes a first one for a whole packet, by the headers that it holds', () => {
    const segment = ipv6(Protocol.tcp, tcp({ flags: Tcp.syn }, 80))
    const [syn = segment] = fragments6(segment, [48])
    const [whole] = read(shorter(syn, 1)).rebuilt
    expect(whole).to.include({ index: 0, kind: Kind.tcp6, l4: 40, payload: 27, flags: Tcp.syn })
    expect([...(whole?.bytes ?? [])]).to.deep.equal([...shorter(segment, 53)])
    // Of less than the header it says nothing, and the datagram goes on.
    expect(completed(middle6, shorter(head6, 41), head6, tail6)).to.deep.equal([3])
  })

  it('cuts such a fragment of IPv4', () => {
    const [head4 = DATAGRAM4, middle4 = DATAGRAM4, tail4 = DATAGRAM4] = fragments4(DATAGRAM4, [40, 88])
    const [, , longTail4 = DATAGRAM4] = fragments4(DATAGRAM4, [40, 80])
    expect(completed(head4, shorter(middle4, 1), longTail4)).to.deep.equal([2])
    expect(completed(head4, shorter(middle4, 1), tail4)).to.deep.equal([])
    // None of it is left: that ends the datagram.
    expect(completed(head4, shorter(middle4, 41), middle4, tail4)).to.deep.equal([])
  })

  it('takes an IPv6 packet with a fragment header for a fragment where its datagram has begun', () => {
    const alone = read(atomic)
    expect([alone.kind[0], alone.rebuilt.length]).to.deep.equal([Kind.udp6, 0])
    // It overlaps what is there, and with that the datagram is gone.
    const beside = read(middle6, atomic, head6, tail6)
    expect([beside.kind[1], beside.rebuilt.length]).to.deep.equal([Kind.fragment6, 0])
    expect(completed(middle6, atomic, head6, tail6, middle6)).to.deep.equal([4])
    // One that ends too early is not kept.
    const [early = DATAGRAM6] = fragments6(ipv6(Protocol.udp, udp(24)), [])
    expect(completed(middle6, early, head6, tail6)).to.deep.equal([3])
  })

  it('does so for a flow that is known, as long as the datagram is waited for', () => {
    const { fragments } = READING
    const kinds = (apart: number) => {
      const frames = [DATAGRAM6, atomic, head6, atomic].map((packet) => ethernet(packet))
      return [...assigned(frames, new FlowTable({ ...READING, fragments }), apart).kind].slice(0, 4)
    }
    expect(kinds(1e9)).to.deep.equal([Kind.udp6, Kind.udp6, Kind.fragment6, Kind.fragment6])
    expect(kinds(61e9)).to.deep.equal([Kind.udp6, Kind.udp6, Kind.fragment6, Kind.udp6])
  })
})
