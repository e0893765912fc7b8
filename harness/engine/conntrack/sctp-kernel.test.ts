import { expect } from 'chai'
import { endsOf } from '../conversations/frames.test.ts'
import { chance, dice } from '../conversations/random.test.ts'
import { type Comparison, compare, type PlayOptions } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'
import { SctpTalk, type TalkFrame } from './sctp-talks.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 8500)
const COUNT = process.env.FLOWBREAK_FULL === '1' ? 20_000 : 1000
const SHOWN = 5

const SETUPS: readonly (readonly [name: string, setup: KernelSetup, options: PlayOptions])[] = [
  ['drop, strict', { exception: 'drop', loose: false }, {}],
  ['continue, loose, invalid dropped', { exception: 'continue', loose: true, dropsInvalid: true }, {}],
  [
    'reject, checksums looked at',
    { exception: 'reject', loose: false, sysctls: { nf_conntrack_checksum: 1 } },
    { knobs: { badChecksum: 'invalid' } },
  ],
]

describe('conntrack against the Linux kernel: random SCTP associations', function () {
  this.timeout(process.env.FLOWBREAK_FULL === '1' ? 3_600_000 : 180_000)
  before(needsRoot)
  const talks = Array.from({ length: COUNT }, (_, n) => {
    const roll = dice(Math.imul(SEED, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b))
    const talk = new SctpTalk(roll, endsOf(n, chance(roll, 30)))
    for (let more = 2 + roll(14); more > 0; more--) talk.step()
    return talk.frames
  })
  const cases = talks.map((frames, n) => ({
    name: `association ${n} of seed ${SEED}`,
    frames: frames.map(({ bytes }, time) => ({ time, bytes })),
  }))
  for (const [name, setup, options] of SETUPS)
    it(`${COUNT} of seed ${SEED}: ${name}`, async () => {
      await using kernel = await Kernel.open(setup)
      const comparison = await compare(kernel, setup, cases, options)
      report(talks, comparison)
      const texts = comparison.differences.map(({ owner, index, text }) =>
        [text, ...(talks[owner] ?? []).slice(0, index + 1).map(({ line }) => line)].join('\n  '),
      )
      expect(texts.length, texts.slice(0, SHOWN).join('\n')).to.equal(0)
    })
})

/** Prints what agrees, by the kernel's verdict and by what packets were made as. */
function report(talks: readonly (readonly TalkFrame[])[], { compared, agreed }: Comparison): void {
  const tallies = new Map<string, [number, number]>()
  for (const { owner, index, agree } of compared) {
    const kind = talks[owner]?.[index]?.kind ?? ''
    const [agrees, all] = tallies.get(kind) ?? [0, 0]
    tallies.set(kind, [agrees + Number(agree), all + 1])
  }
  const texts = [...tallies].sort().map(([kind, [agrees, all]]) => `${kind} ${agrees}/${all}`)
  console.info(`      agreed: ${JSON.stringify(agreed)}; by class: ${texts.join(', ')}`)
}
