import { expect } from 'chai'
import fc from 'fast-check'
import { Automaton } from './automaton.ts'
import { lower } from './inspect.ts'

const letters = fc
  .uint8Array({ minLength: 1, maxLength: 4 })
  .map((bytes) => bytes.map((byte) => 0x61 + (byte % 3)))

describe('engine/rules: automaton', () => {
  it('finds every place of every pattern, whatever its case, and goes on where it stopped', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(letters, { minLength: 1, maxLength: 8, selector: String }),
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(60),
        (patterns, noise, cut) => {
          const text = noise.map((byte) => (byte & 8 ? 0x41 : 0x61) + (byte % 3))
          const expected: string[] = []
          for (let end = 1; end <= text.length; end++)
            for (const [id, pattern] of patterns.entries())
              if (
                end >= pattern.length &&
                text
                  .subarray(end - pattern.length, end)
                  .map(lower)
                  .join() === pattern.join()
              )
                expected.push(`${end}:${id}`)
          const automaton = new Automaton(patterns)
          const found: string[] = []
          let state = 0
          for (const [from, to] of [
            [0, Math.min(cut, text.length)],
            [Math.min(cut, text.length), text.length],
          ] as const) {
            state = automaton.scan(state, text, from, to)
            for (let i = 0; i < automaton.count; i++)
              found.push(`${automaton.found[i * 2 + 1]}:${automaton.found[i * 2]}`)
          }
          expect(found.sort()).to.deep.equal(expected.sort())
        },
      ),
      { seed: 1 },
    )
  })
})
