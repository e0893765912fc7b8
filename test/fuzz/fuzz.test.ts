import { expect } from 'chai'
import { fuzz } from './kit/fuzz.ts'
import { SURFACES } from './surfaces/all.ts'

/** Inputs a surface: some seconds of each; `npm run fuzz` plays a million. */
const INPUTS = Number(process.env.FLOWBREAK_FUZZ || 50_000)
/** Share of them that must be taken, rather than refused at once: what is refused at the door tests the door alone. */
const LEAST_TAKEN = 0.03
const SEED = Number(process.env.FLOWBREAK_FUZZ_SEED ?? 20_261_128)

describe(`fuzz, inputs of seed ${SEED}`, () => {
  for (const [name, make] of Object.entries(SURFACES))
    it(`${name}, ${INPUTS} of them`, async function () {
      // Inputs that hang are ended by their number, however many there are.
      this.timeout(0)
      const surface = make()
      try {
        const { inputs, taken } = await fuzz(surface, INPUTS, SEED)
        expect(taken / inputs).to.be.above(LEAST_TAKEN)
      } finally {
        surface[Symbol.dispose]?.()
      }
    })
})
