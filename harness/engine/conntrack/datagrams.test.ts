import { expect } from 'chai'
import { compare, type PlayOptions } from './oracle-compare.test.ts'
import { makeExchanges } from './oracle-exchange.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 8300)
const COUNT = process.env.FLOWBREAK_FULL === '1' ? 20_000 : 800
const SHOWN = 5

const SETUPS: readonly (readonly [name: string, setup: KernelSetup, options: PlayOptions])[] = [
  ['drop', { exception: 'drop', loose: false }, {}],
  ['continue, invalid dropped', { exception: 'continue', loose: true, dropsInvalid: true }, {}],
  [
    'reject, checksums looked at',
    { exception: 'reject', loose: false, sysctls: { nf_conntrack_checksum: 1 } },
    { knobs: { badChecksum: 'invalid' } },
  ],
]

describe('conntrack against the Linux kernel: random datagrams', function () {
  this.timeout(process.env.FLOWBREAK_FULL === '1' ? 3_600_000 : 180_000)
  before(needsRoot)
  const exchanges = makeExchanges(SEED, COUNT)
  const cases = exchanges.map(({ index, frames }) => ({
    name: `exchange ${index} of seed ${SEED}`,
    frames,
  }))

  for (const [name, setup, options] of SETUPS)
    it(`${COUNT} of seed ${SEED}: ${name}`, async () => {
      await using kernel = await Kernel.open(setup)
      const { agreed, differences } = await compare(kernel, setup, cases, options)
      console.info(`      agreed: ${JSON.stringify(agreed)}`)
      const texts = differences.map(({ owner, index, text }) =>
        [text, ...(exchanges[owner]?.frames ?? []).slice(0, index + 1).map(({ line }) => line)].join('\n  '),
      )
      expect(texts.length, texts.slice(0, SHOWN).join('\n')).to.equal(0)
    })
})
