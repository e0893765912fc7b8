import { expect } from 'chai'
import fc from 'fast-check'
import { PacketBatch } from '../model/batch.ts'
import { Direction, Kind, Link, Tcp } from '../model/codes.ts'
import { decodeBatch } from '../wire/decode.ts'
import { advanceInOrder } from './in-order.ts'
import { Flag, RECORD_WORDS, STATE_MASK, State } from './record.ts'
import { Segment } from './segment.ts'
import { SessionTable } from './table.ts'
import { track } from './tracker.ts'

const SETTINGS = { windowCheck: 0, exactReset: true, asyncOneside: false }
const near = fc.integer({ min: -3, max: 3 }).map((steps) => steps * 100)

/** A session in some state, with numbers near each other so that segments often fit. */
const record = fc
  .tuple(fc.oneof(fc.constant(0), fc.integer()), fc.array(near, { minLength: 12, maxLength: 12 }))
  .map(([bits, values]) => {
    const head = (bits & ~STATE_MASK) | State.established
    const shifts = [-10_000, 0, 0, 0, 1000, 0]
    return [head, ...values.map((value, index) => value + (shifts[index % 6] ?? 0))]
  })

const segmentBytes = fc
  .record({
    seq: near,
    ack: near,
    window: fc.constantFrom(0, 1, 500, 65_535),
    stamp: near,
    options: fc.constantFrom('none', 'timestamps', 'other'),
  })
  .map(({ seq, ack, window, stamp, options }) => {
    const header = options === 'none' ? 20 : 32
    const view = new DataView(new ArrayBuffer(header))
    view.setInt32(4, seq)
    view.setInt32(8, ack)
    view.setUint8(12, (header / 4) << 4)
    view.setUint16(14, window)
    if (options === 'timestamps') view.setUint32(20, 0x0101080a)
    if (options !== 'none') view.setInt32(24, stamp)
    return view
  })

/** A batch of one decoded packet with that TCP header, of which the payload was not captured. */
function batchOf(header: DataView, flags: number, length: number, fromClient: boolean): PacketBatch {
  const batch = new PacketBatch(1, 20 + header.byteLength)
  batch.view.setUint8(0, 0x45)
  batch.view.setUint16(2, 20 + header.byteLength + length)
  batch.view.setUint8(9, 6)
  batch.bytes.set(new Uint8Array(header.buffer), 20)
  batch.view.setUint8(33, flags)
  batch.captured[0] = 20 + header.byteLength
  batch.original[0] = 20 + header.byteLength + length
  batch.link[0] = Link.raw
  batch.count = 1
  decodeBatch(batch)
  expect([batch.kind[0], batch.payload[0]]).to.deep.equal([Kind.tcp4, length])
  batch.direction[0] = fromClient ? Direction.c2s : Direction.s2c
  return batch
}

describe('engine: in-order packets', () => {
  it('do to the record what tracking them does, or nothing', () => {
    let taken = 0
    fc.assert(
      fc.property(
        record,
        segmentBytes,
        fc.constantFrom(0, 0, 1, 100),
        fc.boolean(),
        fc.constantFrom(Tcp.ack, Tcp.ack | Tcp.psh),
        fc.boolean(),
        (words, view, length, fromClient, flags, pickUp) => {
          const [quick, slow] = [new SessionTable(), new SessionTable()]
          for (const table of [quick, slow]) {
            table.touch(0)
            table.words.set(words)
          }
          const before = [...quick.words.subarray(0, RECORD_WORDS)]
          const batch = batchOf(view, flags, length, fromClient)
          if (!advanceInOrder(quick.words, 0, batch, 0, pickUp)) {
            expect([...quick.words.subarray(0, RECORD_WORDS)]).to.deep.equal(before)
            return
          }
          taken++
          const segment = new Segment()
          segment.read(view, 0, view.byteLength, flags, length)
          segment.toServer = fromClient === (((words[0] ?? 0) & Flag.flipped) === 0)
          expect(track(slow, 0, segment, { ...SETTINGS, pickUp })).to.equal(true)
          expect([...quick.words.subarray(0, RECORD_WORDS)]).to.deep.equal([
            ...slow.words.subarray(0, RECORD_WORDS),
          ])
        },
      ),
      { seed: 11, numRuns: 20_000 },
    )
    expect(taken).to.be.greaterThan(200)
  })
})
