import { expect } from 'chai'
import fc from 'fast-check'
import { lower } from './lower.ts'
import { PatternSearch } from './pattern-search.ts'

/** Of three letters, so that they overlap, begin alike and hold each other. */
const patternsOf = (minLength: number, maxLength: number) =>
  fc.uniqueArray(
    fc.uint8Array({ minLength, maxLength }).map((bytes) => bytes.map((byte) => 0x61 + (byte % 3))),
    { minLength: 1, maxLength: 8, selector: String },
  )

describe('engine/rules: search for patterns', () => {
  for (const [what, minLength, maxLength] of [
    ['short ones', 1, 3],
    ['short and long ones', 1, 7],
    ['long ones, at every place', 4, 9],
    ['long ones, at every second place', 5, 9],
    ['long ones, at every fourth place', 7, 12],
  ] as const)
    it(`finds every place of every pattern, whatever its case: ${what}`, () => {
      fc.assert(
        fc.property(
          patternsOf(minLength, maxLength),
          fc.uint8Array({ maxLength: 200 }),
          fc.nat(20),
          fc.nat(20),
          (patterns, noise, before, behind) => {
            const text = noise.map((byte) => (byte & 8 ? 0x41 : 0x61) + (byte % 3))
            // Patterns among the noise, and a view that does not begin where its memory does.
            const whole = new Uint8Array(text.length + 3)
            whole.set(text, 3)
            const bytes = whole.subarray(3)
            for (const [id, pattern] of patterns.entries())
              if (id * 20 < text.length) place(bytes, pattern, id * 20)
            const from = Math.min(before, bytes.length)
            const to = Math.max(from, bytes.length - behind)
            const { pairs, count } = new PatternSearch(patterns).scan(bytes, from, to)
            const found = Array.from({ length: count }, (_, i) => `${pairs[i * 2 + 1]}:${pairs[i * 2]}`)
            expect(found.sort()).to.deep.equal(naive(patterns, bytes, from, to).sort())
          },
        ),
        { seed: 1 },
      )
    })

  it('compares bytes that are no letters as they are', () => {
    const search = new PatternSearch([Uint8Array.of(0x00, 0x10, 0x40, 0x5b, 0x7f)])
    expect(search.scan(Uint8Array.of(0x00, 0x10, 0x40, 0x5b, 0x7f), 0, 5).count).to.equal(1)
    expect(search.scan(Uint8Array.of(0x20, 0x30, 0x60, 0x7b, 0x7f), 0, 5).count).to.equal(0)
  })

  it('finds each of many patterns that begin alike', () => {
    const texts = Array.from({ length: 300 }, (_, n) => new TextEncoder().encode(`http://${n}.example/`))
    const search = new PatternSearch(texts)
    for (const [id, text] of texts.entries()) {
      const { pairs, count } = search.scan(text, 0, text.length)
      expect([...pairs.subarray(0, count * 2)]).to.deep.equal([id, text.length])
    }
  })
})

function place(bytes: Uint8Array, pattern: Uint8Array, at: number): void {
  bytes.set(pattern.subarray(0, bytes.length - at), at)
}

function naive(patterns: readonly Uint8Array[], bytes: Uint8Array, from: number, to: number): string[] {
  const found: string[] = []
  for (const [id, pattern] of patterns.entries())
    for (let end = from + pattern.length; end <= to; end++)
      if (
        bytes
          .subarray(end - pattern.length, end)
          .map(lower)
          .join() === pattern.join()
      )
        found.push(`${end}:${id}`)
  return found
}
