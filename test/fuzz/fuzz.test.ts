import { fuzz } from './kit/fuzz.ts'
import { SURFACES } from './surfaces/all.ts'

/** Inputs a surface, where not as many as take some seconds. */
const INPUTS = process.env.FLOWBREAK_FUZZ ? Number(process.env.FLOWBREAK_FUZZ) : undefined
const SEED = Number(process.env.FLOWBREAK_FUZZ_SEED ?? 20_261_128)

describe(`fuzz, inputs of seed ${SEED}`, () => {
  for (const [name, { inputs, make }] of Object.entries(SURFACES))
    it(`${name}, ${INPUTS ?? inputs} of them`, async function () {
      // Inputs that hang are ended by their number, however many there are.
      this.timeout(0)
      const surface = make()
      try {
        await fuzz(surface, INPUTS ?? inputs, SEED)
      } finally {
        surface[Symbol.dispose]?.()
      }
    })
})
