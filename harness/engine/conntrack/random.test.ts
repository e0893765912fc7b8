import { expect } from 'chai'
import { type ConversationFrame, written } from '../conversations/conversation.test.ts'
import { makeConversations } from '../conversations/generate.test.ts'
import { type Comparison, compare } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup } from './oracle-kernel.test.ts'
import { shrink } from './oracle-shrink.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 20261127)
const COUNT = process.env.FLOWBREAK_FULL === '1' ? 20_000 : 600
const SHOWN = 3

const SETUPS: readonly KernelSetup[] = [
  { exception: 'drop', loose: false },
  { exception: 'reject', loose: false },
  { exception: 'reject', loose: true },
  { exception: 'continue', loose: true, dropsInvalid: true },
]

interface RandomCase {
  readonly name: string
  readonly frames: readonly ConversationFrame[]
}

describe('conntrack against the Linux kernel: random conversations', function () {
  this.timeout(process.env.FLOWBREAK_FULL === '1' ? 3_600_000 : 60_000)
  const cases: RandomCase[] = makeConversations(SEED, COUNT).map(({ index, frames }) => ({
    name: `conversation ${index} of seed ${SEED}`,
    frames,
  }))
  for (const setup of SETUPS)
    it(`${COUNT} of seed ${SEED}: ${JSON.stringify(setup)}`, async () => {
      await using kernel = await Kernel.open(setup)
      const comparison = await compare(kernel, setup, cases)
      report(cases, comparison)
      expect(await smallest(cases, comparison, kernel, setup)).to.deep.equal([])
    })
})

function report(cases: readonly RandomCase[], { compared, agreed }: Comparison): void {
  const byClass = new Map<string, { agree: number; all: number }>()
  for (const { owner, index, agree } of compared) {
    const kind = cases[owner]?.frames[index]?.kind ?? ''
    const tally = byClass.get(kind) ?? { agree: 0, all: 0 }
    tally.all++
    if (agree) tally.agree++
    byClass.set(kind, tally)
  }
  const classes = [...byClass].map(([kind, { agree, all }]) => `${kind} ${agree}/${all}`)
  console.info(`      agreed: ${JSON.stringify(agreed)}; by class: ${classes.join(', ')}`)
}

/** Differing conversations, the first few as small as they can be made. */
async function smallest(
  cases: readonly RandomCase[],
  { differences }: Comparison,
  kernel: Kernel,
  setup: KernelSetup,
): Promise<string[]> {
  const texts: string[] = []
  const owners = [...new Set(differences.map(({ owner }) => owner))]
  for (const owner of owners.slice(0, SHOWN)) {
    const failing = cases[owner]
    if (failing === undefined) continue
    const small = await shrink(kernel, setup, failing)
    const lines = small.frames.flatMap((frame) => failing.frames.filter((own) => own.bytes === frame.bytes))
    const first = differences.find((difference) => difference.owner === owner)
    texts.push(`${first?.text}\n${written(lines)}`)
  }
  return [...texts, ...(owners.length > SHOWN ? [`and ${owners.length - SHOWN} conversations more`] : [])]
}
