import { expect } from 'chai'
import fc from 'fast-check'
import { Kind, Link, Tcp } from '../model/codes.ts'
import { PLAIN_READING } from '../model/reading.ts'
import { decodeBatch } from '../wire/decode.ts'
import { batchOf, ethernet, hex, ipv4, ipv6, join8, tcp, udp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { verifyChecksums } from '../wire/verify.ts'
import { assigned, fragments4, fragments6, placesOf, segment } from './example-packets.test.ts'
import { FlowTable } from './table.ts'

const DATAGRAM4 = ipv4(Protocol.tcp, tcp({ flags: Tcp.psh | Tcp.ack }, 80))
const DATAGRAM6 = ipv6(Protocol.udp, udp(100))

describe('flow/fragments', () => {
  it('gives fragments the flow of their datagram and puts it together', () => {
    const frames = fragments4(DATAGRAM4, [40, 80]).map((packet) => ethernet(packet))
    const batch = assigned([...frames, segment(1)])
    expect(placesOf(batch)).to.deep.equal(['0 c2s', '0 c2s', '0 c2s', '0 s2c'])
    expect(batch.rebuilt).to.have.length(1)
    const [whole] = batch.rebuilt
    expect(whole).to.include({ index: 2, kind: Kind.tcp4, l4: 20, payload: 80, flags: Tcp.psh | Tcp.ack })
    expect(whole?.bytes).to.deep.equal(DATAGRAM4)
  })

  it('does so for IPv6, with extension headers before the fragment header', () => {
    const plain = fragments6(DATAGRAM6, [48])
    const options = hex('2c00010400000000')
    const behindOptions = plain.map((packet) => {
      const bytes = join8(packet.subarray(0, 40), options, packet.subarray(40))
      bytes[5] = (bytes[5] ?? 0) + 8
      bytes[6] = 0
      return bytes
    })
    const first = assigned(plain.map((packet) => ethernet(packet)))
    expect([...first.flow]).to.deep.equal([0, 0])
    expect(first.rebuilt[0]?.bytes).to.deep.equal(DATAGRAM6)
    const second = assigned(behindOptions.map((packet) => ethernet(packet)))
    const whole = second.rebuilt[0]
    expect(whole).to.include({ kind: Kind.udp6, l4: 48, payload: 100 })
    expect(verifyChecksums(whole?.bytes ?? new Uint8Array(0), Link.raw6)).to.equal('ok')
  })

  it('puts together what comes in any order, twice or overlapping', () => {
    const bytes = fc.shuffledSubarray([8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96], { minLength: 1 })
    fc.assert(
      fc.property(bytes, bytes, fc.integer(), (some, others, seed) => {
        const cut = (at: number[]) =>
          fragments4(
            DATAGRAM4,
            at.toSorted((a, b) => a - b),
          )
        const packets = [...cut(some), ...cut(others)]
        const order = (at: number) => Math.imul(at + 1, seed | 1) >>> 0
        const shuffled = packets
          .map((packet, at) => ({ packet, at }))
          .sort((a, b) => order(a.at) - order(b.at))
        const batch = assigned(shuffled.map(({ packet }) => ethernet(packet)))
        const [whole] = batch.rebuilt
        expect(whole?.bytes).to.deep.equal(DATAGRAM4)
        expect(batch.flow[whole?.index ?? -1]).to.equal(0)
      }),
      { seed: 12 },
    )
  })

  it('keeps what came first where fragments overlap', () => {
    const [first = DATAGRAM4, second = DATAGRAM4] = fragments4(DATAGRAM4, [64])
    const forged = fragments4(DATAGRAM4, [64])[0]?.fill(0x7a, 60) ?? DATAGRAM4
    const batch = assigned([first, forged, second].map((packet) => ethernet(packet)))
    expect(batch.rebuilt[0]?.bytes).to.deep.equal(DATAGRAM4)
  })

  it('waits for the transport header, even if it comes in pieces', () => {
    const [head, tail] = fragments4(DATAGRAM4, [40]).map((packet) => ethernet(packet))
    if (head === undefined || tail === undefined) throw new Error('two fragments')
    expect([...assigned([tail, head]).flow]).to.deep.equal([-1, 0])
    const table = new FlowTable()
    const tiny = assigned(
      fragments4(ipv4(Protocol.tcp, tcp({ flags: Tcp.syn }, 8)), [8, 16]).map((packet) => ethernet(packet)),
      table,
    )
    expect([...tiny.flow]).to.deep.equal([-1, -1, 0])
    expect(table.info(0).opens).to.equal('syn')
  })

  it('waits for a fragment that was cut by a snapshot length to come whole, and keeps the flow', () => {
    const [head = DATAGRAM4, middle = DATAGRAM4, tail = DATAGRAM4] = fragments4(DATAGRAM4, [40, 80])
    const cut = { ...ethernet(middle), bytes: ethernet(middle).bytes.subarray(0, 60), original: 74 }
    const batch = assigned([ethernet(head), cut, ethernet(tail), ethernet(middle)])
    expect(batch.rebuilt.map(({ index }) => index)).to.deep.equal([3])
    expect([...batch.flow]).to.deep.equal([0, 0, 0, 0])
  })

  it('by the policy of BSD, ends a datagram where the first fragment without more behind it does', () => {
    const [head = DATAGRAM4, middle = DATAGRAM4, tail = DATAGRAM4] = fragments4(DATAGRAM4, [40, 80])
    const [, early = DATAGRAM4] = fragments4(DATAGRAM4.subarray(0, 96), [40])
    early.set(hex('0005'), 6)
    const batch = assigned([head, middle, early, tail].map((packet) => ethernet(packet)))
    expect(batch.rebuilt.map(({ index, payload }) => [index, payload])).to.deep.equal([[3, 80]])
  })

  it('by RFC 5722, lets a datagram go whose fragments overlap in part, and ignores a repetition', () => {
    const reading = { ...PLAIN_READING, fragments: { ...PLAIN_READING.fragments, overlap: 'drop' } } as const
    const cut = (...at: number[]) => fragments4(DATAGRAM4, at).map((packet) => ethernet(packet))
    const [head, middle, tail] = cut(40, 80)
    const [, , overlapping] = cut(40, 72)
    const [, repeated] = cut(40, 48)
    const [, across] = cut(32, 48)
    if (!head || !middle || !tail || !overlapping || !repeated || !across) throw new Error('fragments')
    const completed = (...frames: (typeof head)[]) =>
      assigned(frames, new FlowTable(reading)).rebuilt.map(({ index }) => index)
    expect(completed(head, middle, repeated, middle, tail)).to.deep.equal([4])
    expect(completed(head, middle, overlapping, tail)).to.deep.equal([])
    // What two fragments hold it repeats where they came one behind the other, with none beyond them before.
    expect(completed(head, middle, across, tail)).to.deep.equal([3])
    expect(completed(middle, head, across, tail)).to.deep.equal([])
    expect(completed(head, middle, overlapping, head, tail, middle)).to.deep.equal([5])
  })

  it('as Linux, does not believe a second end, nor what is behind one: of IPv6 without that fragment, of IPv4 without the datagram', () => {
    const reading = { ...PLAIN_READING, fragments: { ...PLAIN_READING.fragments, overlap: 'drop' } } as const
    const completed = (...packets: Uint8Array[]) =>
      assigned(
        packets.map((packet) => ethernet(packet)),
        new FlowTable(reading),
      ).rebuilt.map(({ index }) => index)
    const [head6 = DATAGRAM6, middle6 = DATAGRAM6, tail6 = DATAGRAM6] = fragments6(DATAGRAM6, [48, 96])
    const early6 = Uint8Array.from(middle6)
    early6[43] = (early6[43] ?? 0) & 0xfe
    expect(completed(head6, tail6, early6, middle6)).to.deep.equal([3])
    expect(completed(early6, head6, tail6)).to.deep.equal([1])
    const empty6 = tail6.subarray(0, 48)
    empty6.set([0, 0], 4)
    empty6[5] = 8
    expect(completed(head6, middle6, empty6)).to.deep.equal([])
    const [head4 = DATAGRAM4, middle4 = DATAGRAM4, tail4 = DATAGRAM4] = fragments4(DATAGRAM4, [40, 80])
    const early4 = Uint8Array.from(middle4)
    early4[6] = (early4[6] ?? 0) & 0xdf
    expect(completed(head4, tail4, early4, middle4)).to.deep.equal([])
    expect(completed(head4, tail4, early4, head4, middle4, tail4)).to.deep.equal([5])
  })

  it('refuses a datagram longer than one can be', () => {
    const tail = fragments4(DATAGRAM4, [40])[1] ?? DATAGRAM4
    tail.set(hex('1fff'), 6)
    const head = fragments4(DATAGRAM4, [40])[0] ?? DATAGRAM4
    expect(assigned([ethernet(head), ethernet(tail)]).rebuilt).to.deep.equal([])
  })

  it('forgets a datagram some seconds after its first fragment, or after its latest in whole seconds', () => {
    const three4 = fragments4(DATAGRAM4, [40, 80])
    const three6 = fragments6(DATAGRAM6, [48, 96])
    /** Fragments at these seconds. */
    const completes = (packets: readonly Uint8Array[], timer: 'first' | 'last', ...seconds: number[]) => {
      const fragments = { ...PLAIN_READING.fragments, timeout4: 30, timeout6: 60, timer }
      const batch = batchOf(...packets.map((packet) => ethernet(packet)))
      for (const [i, second] of seconds.entries()) batch.time[i] = second * 1e9
      decodeBatch(batch)
      new FlowTable({ ...PLAIN_READING, fragments }).assign(batch)
      return batch.rebuilt.length === 1
    }
    expect(completes(three4, 'first', 0.5, 20, 30.5)).to.equal(true)
    expect(completes(three4, 'first', 0.5, 20, 30.6)).to.equal(false)
    expect(completes(three6, 'first', 0.5, 20, 60.5)).to.equal(true)
    expect(completes(three6, 'first', 0.5, 20, 60.6)).to.equal(false)
    expect(completes(three4, 'last', 0.9, 29.9, 58.9)).to.equal(true)
    expect(completes(three4, 'last', 0.9, 29.9, 59)).to.equal(false)
  })

  it('keeps the newest datagrams of a flood', () => {
    const flood = Array.from({ length: 5000 }, (_, id) => {
      const head = fragments4(DATAGRAM4, [40])[0] ?? DATAGRAM4
      head.set([id >> 8, id], 4)
      return ethernet(head)
    })
    const tailOf = (id: number) => {
      const tail = fragments4(DATAGRAM4, [40])[1] ?? DATAGRAM4
      tail.set([id >> 8, id], 4)
      return ethernet(tail)
    }
    const batch = assigned([...flood, tailOf(4999), tailOf(0)], new FlowTable(), 1e6)
    expect(batch.rebuilt.map(({ index }) => index)).to.deep.equal([5000])
  })
})
