import { expect } from 'chai'
import { Link } from '../../model/codes.ts'
import { checksumField } from '../../wire/checksum.ts'
import { dissect } from '../../wire/dissect.ts'
import { type ConversationFrame, written } from '../conversations/conversation.test.ts'
import { makeConversations } from '../conversations/generate.test.ts'
import { dice } from '../conversations/random.test.ts'
import { type Comparison, compare, type PlayOptions } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'
import { shrink } from './oracle-shrink.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 20261127)
const COUNT = process.env.FLOWBREAK_FULL === '1' ? 20_000 : 600
const SHOWN = 3

const SETUPS: readonly (readonly [name: string, setup: KernelSetup, options: PlayOptions])[] = [
  ['drop, strict', { exception: 'drop', loose: false }, {}],
  ['reject, strict', { exception: 'reject', loose: false }, {}],
  ['reject, loose', { exception: 'reject', loose: true }, {}],
  ['continue, loose, invalid dropped', { exception: 'continue', loose: true, dropsInvalid: true }, {}],
  [
    'reject, strict, liberal, checksums looked at, invalid resets ignored',
    {
      exception: 'reject',
      loose: false,
      sysctls: {
        nf_conntrack_tcp_be_liberal: 1,
        nf_conntrack_checksum: 1,
        nf_conntrack_tcp_ignore_invalid_rst: 1,
      },
    },
    { knobs: { windowCheck: 'liberal', badChecksum: 'invalid', ignoreInvalidReset: true } },
  ],
]

interface RandomFrame extends Omit<ConversationFrame, 'kind'> {
  readonly kind: string
}

interface RandomCase {
  readonly name: string
  readonly frames: readonly RandomFrame[]
}

/** Of so many frames one has a wrong checksum. */
const DAMAGED = 50

describe('conntrack against the Linux kernel: random conversations', function () {
  this.timeout(process.env.FLOWBREAK_FULL === '1' ? 3_600_000 : 180_000)
  before(needsRoot)
  const roll = dice(SEED)
  const cases: RandomCase[] = makeConversations(SEED, COUNT).map(({ index, frames }) => ({
    name: `conversation ${index} of seed ${SEED}`,
    frames: frames.map((frame) => (roll(DAMAGED) === 0 ? damaged(frame) : frame)),
  }))
  for (const [name, setup, options] of SETUPS)
    it(`${COUNT} of seed ${SEED}: ${name}`, async () => {
      await using kernel = await Kernel.open(setup)
      const comparison = await compare(kernel, setup, cases, options)
      report(cases, comparison)
      expect(await smallest(cases, comparison, kernel, setup, options)).to.deep.equal([])
    })
})

/** The frame with a wrong transport checksum, where it has one of its own. */
function damaged(frame: ConversationFrame): RandomFrame {
  const { l4, protocol } = dissect(frame.bytes, Link.ethernet)
  if (l4 < 0 || frame.kind === 'fragment') return frame
  const bytes = frame.bytes.slice()
  const at = l4 + checksumField(protocol)
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
  return { ...frame, bytes, kind: 'checksum', line: `${frame.line} checksum wrong` }
}

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
  options: PlayOptions,
): Promise<string[]> {
  const texts: string[] = []
  const owners = [...new Set(differences.map(({ owner }) => owner))]
  for (const owner of owners.slice(0, SHOWN)) {
    const failing = cases[owner]
    if (failing === undefined) continue
    const small = await shrink(kernel, setup, failing, options)
    const lines = failing.frames.filter(({ bytes }) => small.frames.some((frame) => frame.bytes === bytes))
    const first = differences.find((difference) => difference.owner === owner)
    texts.push(`${first?.text}\n${written(lines)}`)
  }
  return [...texts, ...(owners.length > SHOWN ? [`and ${owners.length - SHOWN} conversations more`] : [])]
}
