import { expect } from 'chai'
import { nameOf, Verdict } from '../../model/codes.ts'
import { DIFFERENCES } from '../differences.test.ts'
import { compare, type PlayOptions } from './oracle-compare.test.ts'
import { makeExchanges } from './oracle-exchange.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 8300)
const COUNT = process.env.FLOWBREAK_FULL === '1' ? 20_000 : 800
const SHOWN = 5
const LINES = DIFFERENCES.filter(({ realEngine }) => realEngine.startsWith('Linux'))

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
  const covered = new Map(LINES.map(({ id }) => [id, 0]))

  for (const [name, setup, options] of SETUPS)
    it(`${COUNT} of seed ${SEED}: ${name}`, async () => {
      await using kernel = await Kernel.open(setup)
      const { agreed, differences } = await compare(kernel, setup, cases, options)
      console.info(`      agreed: ${JSON.stringify(agreed)}`)
      const texts = differences.flatMap(({ owner, index, text, ours, theirs }) => {
        const conversation = exchanges[owner]
        if (conversation === undefined) return [text]
        const words = { ours: nameOf(Verdict, ours), theirs: nameOf(Verdict, theirs) }
        const line = LINES.find(({ covers }) => covers({ conversation, index, ...words }))
        if (line === undefined)
          return [[text, ...conversation.frames.slice(0, index + 1).map((each) => each.line)].join('\n  ')]
        covered.set(line.id, (covered.get(line.id) ?? 0) + 1)
        return []
      })
      expect(texts.length, texts.slice(0, SHOWN).join('\n')).to.equal(0)
    })

  it('no documented difference is for nothing', () => {
    console.info(`      ${[...covered].join(' ')}`)
    for (const [id, packets] of covered) expect(packets, id).to.be.greaterThan(0)
  })
})
