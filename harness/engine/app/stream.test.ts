import { expect } from 'chai'
import fc from 'fast-check'
import { Stream } from './stream.ts'

interface Piece {
  readonly position: number
  readonly bytes: Uint8Array
}

const pieces = fc.array(
  fc.record({ position: fc.integer({ min: -20, max: 300 }), bytes: fc.uint8Array({ maxLength: 60 }) }),
  { maxLength: 40 },
)

/** What came first stays: by position, the byte. */
function firstWins(all: readonly Piece[], from: number): Map<number, number> {
  const known = new Map<number, number>()
  for (const { position, bytes } of all)
    for (const [i, byte] of bytes.entries())
      if (position + i >= from && !known.has(position + i)) known.set(position + i, byte)
  return known
}

describe('app/stream', () => {
  it('has at every position the byte that came first, and finds what is in one piece and what is missing', () => {
    fc.assert(
      fc.property(pieces, (all) => {
        const stream = new Stream()
        for (const { position, bytes } of all) stream.insert(position, bytes, 0, bytes.length)
        const known = firstWins(all, 0)
        expect(stream.end).to.equal(Math.max(0, ...[...known.keys()].map((position) => position + 1)))
        for (let at = 0; at < 380; at++) {
          const found = stream.find(at)
          expect(found).to.equal(known.has(at))
          let run = 0
          while (known.has(at + run) === found && at + run < stream.end) run++
          expect(stream.foundLength).to.equal(at < stream.end ? run : 0)
          if (found) expect(stream.bytes[stream.foundAt]).to.equal(known.get(at))
        }
      }),
      { seed: 20_261_127 },
    )
  })

  it('forgets what lies before a position, and takes nothing there any more', () => {
    fc.assert(
      fc.property(pieces, pieces, fc.integer({ min: 0, max: 200 }), (before, after, cut) => {
        const stream = new Stream()
        for (const { position, bytes } of before) stream.insert(position, bytes, 0, bytes.length)
        stream.forget(cut)
        const from = stream.start
        for (const { position, bytes } of after) stream.insert(position, bytes, 0, bytes.length)
        const known = firstWins([...before, ...after], from)
        for (let at = from; at < 380; at++) {
          expect(stream.find(at)).to.equal(known.has(at))
          if (known.has(at)) expect(stream.bytes[stream.foundAt]).to.equal(known.get(at))
        }
      }),
      { seed: 20_261_127 },
    )
  })

  it('takes only so many pieces beside each other', () => {
    const stream = new Stream()
    for (let n = 0; n < 2000; n++) stream.insert(n * 2, Uint8Array.of(1), 0, 1)
    expect(stream.end).to.be.below(1000)
    expect(stream.find(0)).to.equal(true)
  })
})
