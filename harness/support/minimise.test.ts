import { expect } from 'chai'
import fc from 'fast-check'
import { minimise } from './minimise.ts'

/** Looks at one candidate after the other. */
const oneByOne =
  <T>(shows: (items: readonly T[]) => boolean) =>
  async (candidates: readonly (readonly T[])[]) =>
    candidates.findIndex(shows)

describe('support/minimise', () => {
  const numbers = Array.from({ length: 300 }, (_, index) => index)

  it('leaves exactly what is needed, in its order', () =>
    fc.assert(
      fc.asyncProperty(fc.subarray(numbers, { maxLength: 12 }), async (needed) => {
        const shows = (items: readonly number[]) => needed.every((each) => items.includes(each))
        expect(await minimise(numbers, oneByOne(shows))).to.deep.equal(needed)
      }),
    ))

  it('ends where nothing more can be left out, whatever shows it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 7 }),
        async (items, modulus) => {
          const sum = (list: readonly number[]) => list.reduce((all, each) => all + each, 0)
          const shows = (list: readonly number[]) => sum(list) % modulus === sum(items) % modulus
          const kept = await minimise(items, oneByOne(shows))
          expect(shows(kept)).to.equal(true)
          for (const at of kept.keys()) expect(shows(kept.toSpliced(at, 1))).to.equal(false)
        },
      ),
    ))

  it('tries few lists where few items are needed', async () => {
    let tried = 0
    await minimise(numbers, async (candidates) =>
      candidates.findIndex((items) => {
        tried++
        return [7, 150, 299].every((each) => items.includes(each))
      }),
    )
    expect(tried).to.be.below(120)
  })
})
