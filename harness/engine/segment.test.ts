import { expect } from 'chai'
import fc from 'fast-check'
import { Tcp } from '../model/codes.ts'
import { findTcpOption, TcpOption } from '../wire/tcp-options.ts'
import { MAX_SCALE, Segment } from './segment.ts'

/** A header with these options. */
function headerWith(options: readonly number[]): Uint8Array {
  const padded = [...options, ...Array((4 - (options.length % 4)) % 4).fill(0)]
  return Uint8Array.from([
    ...Array(12).fill(0xff),
    ((20 + padded.length) / 4) << 4,
    0x10,
    0xff,
    0xff,
    0,
    0,
    0,
    0,
    ...padded,
  ])
}

/** Reads a header with these options, of which `captured` bytes are there. */
function read(options: readonly number[], captured = 20 + options.length, flags: number = Tcp.ack): Segment {
  const bytes = headerWith(options)
  const segment = new Segment()
  segment.read(new DataView(bytes.buffer), 0, Math.min(captured, bytes.length), flags, 7)
  return segment
}

const TIMESTAMPS = [8, 10, 0, 0, 0, 1, 0, 0, 0, 2]

describe('engine: segment', () => {
  it('reads numbers as integers with sign', () => {
    expect(read([])).to.include({
      seq: -1,
      ack: -1,
      window: 65_535,
      length: 7,
      hasTimestamp: false,
      scale: -1,
      hasSack: false,
    })
  })

  it('reads options in any order and alignment', () => {
    const all = { hasTimestamp: true, stamp: 1, echo: 2, scale: 7, hasSack: true }
    expect(read([3, 3, 7, 5, 2, ...TIMESTAMPS])).to.include(all)
    expect(read([...TIMESTAMPS, 1, 5, 2, 3, 3, 7])).to.include(all)
    expect(read([1, 1, ...TIMESTAMPS])).to.include({ hasTimestamp: true, stamp: 1, echo: 2, scale: -1 })
  })

  it('takes a scale larger than 14 for none', () => {
    expect(read([3, 3, MAX_SCALE]).scale).to.equal(MAX_SCALE)
    expect(read([3, 3, 15]).scale).to.equal(0)
  })

  it('takes the scale of a SYN for the largest where it may be in what was not captured', () => {
    const options = [2, 4, 5, 180, 4, 2, ...TIMESTAMPS, 1, 3, 3, 7]
    const scaleOf = (captured: number, flags: number) => read(options, captured, flags).scale
    expect(scaleOf(40, Tcp.syn)).to.equal(7)
    for (const captured of [20, 34, 39])
      for (const flags of [Tcp.syn, Tcp.syn | Tcp.ack]) expect(scaleOf(captured, flags)).to.equal(MAX_SCALE)
    expect(scaleOf(34, Tcp.ack)).to.equal(-1)
    expect(read([3, 3, 5, 1, ...TIMESTAMPS], 28, Tcp.syn).scale).to.equal(5)
    expect(read([2, 4, 5, 180, 0, 0, 0, 0], 25, Tcp.syn).scale).to.equal(-1)
  })

  it('reads the first of an option that comes twice, and none of a wrong length', () => {
    expect(read([3, 3, 2, 3, 3, 5, 8, 4, 1, 2, ...TIMESTAMPS, 8, 10, 9, 9, 9, 9, 9, 9, 9, 9])).to.include({
      scale: 2,
      stamp: 1,
    })
  })

  it('knows Fast Open under each of its kinds, and signatures', () => {
    expect(read([34, 2]).fastOpen).to.equal(true)
    expect(read([34, 6, 1, 2, 3, 4]).fastOpen).to.equal(true)
    expect(read([254, 4, 0xf9, 0x89]).fastOpen).to.equal(true)
    expect(read([254, 4, 1, 2]).fastOpen).to.equal(false)
    expect(read([19, 18, ...Array(16).fill(1)]).signed).to.equal(true)
    expect(read([19, 4, 1, 1]).signed).to.equal(false)
  })

  it('reads the blocks of SACK', () => {
    const segment = read([1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4])
    expect(segment).to.include({ hasSack: true, sackBlocks: 2 })
    expect([segment.sackEdge(0, 0), segment.sackEdge(0, 1), segment.sackEdge(1, 0)]).to.deep.equal([1, 2, 3])
  })

  it('stops at the end of options, of the header, and of what was captured', () => {
    expect(read([0, ...TIMESTAMPS]).hasTimestamp).to.equal(false)
    expect(read([1, 1, ...TIMESTAMPS], 31).hasTimestamp).to.equal(false)
    expect(read([8, 0]).hasTimestamp).to.equal(false)
    expect(read([8]).hasTimestamp).to.equal(false)
  })

  it('never fails, and finds timestamps and scales where they are, by the quick way too', () => {
    const quick = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((rest) => [1, 1, 8, 10, ...rest])
    const piece = fc.constantFrom([1], [0], [3, 3, 7], [4, 2], [2, 4, 5, 180], TIMESTAMPS)
    const pieces = fc.array(piece, { maxLength: 4 }).map((all) => all.flat())
    const any = fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes])
    let stamped = 0
    fc.assert(
      fc.property(fc.oneof(quick, pieces, any), fc.oneof(fc.constant(0), fc.nat(40)), (options, missing) => {
        const bytes = headerWith(options)
        const end = Math.max(20, bytes.length - missing)
        const segment = read(options, end)
        const at = findTcpOption(bytes, 0, end, TcpOption.timestamps)
        const view = new DataView(bytes.buffer)
        expect(segment.hasTimestamp).to.equal(at >= 0)
        if (at >= 0) {
          stamped++
          expect([segment.stamp, segment.echo]).to.deep.equal([view.getInt32(at + 2), view.getInt32(at + 6)])
        }
        const scale = findTcpOption(bytes, 0, end, TcpOption.windowScale)
        const shift = scale < 0 ? -1 : view.getUint8(scale + 2)
        expect(segment.scale).to.equal(shift > MAX_SCALE ? 0 : shift)
      }),
      { seed: 5, numRuns: 2000 },
    )
    expect(stamped).to.be.above(200)
  })
})
