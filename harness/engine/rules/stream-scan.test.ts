import { expect } from 'chai'
import fc from 'fast-check'
import { AppView } from '../app/app-view.ts'
import { PatternSearch } from './pattern-search.ts'
import { StreamScan } from './stream-scan.ts'

const PATTERNS = ['ab', 'bcb', 'aaaa', 'c', 'abcab', 'bbbbbbb'].map((text) => new TextEncoder().encode(text))

describe('engine/rules: windows of a stream', () => {
  it('knows what a window holds as if it were gone over whole, also where windows step back', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 80 }),
        fc.array(fc.tuple(fc.nat(80), fc.nat(20)), { minLength: 1, maxLength: 20 }),
        (noise, windows) => {
          const stream = noise.map((byte) => 0x61 + (byte % 3))
          const scan = new StreamScan(
            new PatternSearch(PATTERNS),
            PATTERNS.map(({ length }) => length),
          )
          const view = new AppView()
          for (const [at, length] of windows) {
            const from = Math.min(at, stream.length - 1)
            const to = Math.min(from + length, stream.length)
            Object.assign(view, { stream, streamFrom: from, streamTo: to, streamStart: from })
            const found = scan.scan(view) ?? []
            const pairs = Array.from(
              { length: found.length / 2 },
              (_, i) => `${found[i * 2]}:${found[i * 2 + 1]}`,
            )
            expect(pairs.sort()).to.deep.equal(naive(stream, from, to).sort())
          }
        },
      ),
      { seed: 2 },
    )
  })
})

function naive(stream: Uint8Array, from: number, to: number): string[] {
  const found: string[] = []
  for (const [id, pattern] of PATTERNS.entries())
    for (let at = from; at + pattern.length <= to; at++)
      if (pattern.every((byte, i) => stream[at + i] === byte)) found.push(`${id}:${at + pattern.length}`)
  return found
}
