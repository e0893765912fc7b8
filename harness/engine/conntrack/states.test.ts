import { expect } from 'chai'
import { packet } from '../example-engine.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compare } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'

const OPEN = ['> S 0 scale=3', '< SA 0 1 scale=2', '> A 1 1'] as const
/** What leads to each state, and to what is remembered in it. */
const BEFORE: readonly (readonly string[])[] = [
  [],
  ['> S 0'],
  ['> S 0', '< A 77 78'],
  ['> S 0', '< S 0'],
  ['> S 0', '< S 0', '> SA 0 1'],
  ['> S 0', '< SA 0 1'],
  OPEN,
  [...OPEN, '> PA 1 1 len=9', '< A 1 10'],
  [...OPEN, '> S 900'],
  [...OPEN, '> FA 1 1'],
  [...OPEN, '< FA 1 1', '> A 1 2'],
  [...OPEN, '> FA 1 1', '< FA 1 2'],
  [...OPEN, '> FA 1 1', '< FA 1 2', '> S 900'],
  [...OPEN, '> FA 1 1', '< FA 1 2', '> A 2 2'],
  [...OPEN, '> R 1'],
  [...OPEN, '< R 1'],
  ['> A 1 1'],
  ['> PA 1 1 len=9', '< A 1 10'],
]

const SEGMENTS: readonly string[] = [
  '> S 0',
  '> S 900 scale=5',
  '> SA 0 1',
  '> A 1 1',
  '> A 1 5',
  '> PA 1 1 len=4',
  '> FA 1 1',
  '> R 1',
  '> R 7',
  '> RA 1 1',
  '> RA 0 901',
  '> . 1',
  '> U 1',
  '< S 0',
  '< S 800',
  '< SA 0 1',
  '< SA 0 901',
  '< A 1 1',
  '< A 1 901',
  '< PA 1 1 len=4',
  '< FA 1 1',
  '< R 1',
  '< R 78',
  '< RA 0 1',
  '< RA 0 901',
  '< R 0',
]
/** What tells apart what became of the entry. */
const AFTER: readonly (readonly string[])[] = [
  ['> A 1 1', '< A 1 1'],
  ['< A 1 1', '> FA 1 1', '< FA 1 2'],
  ['< SA 0 901', '> A 901 1', '< PA 1 901 len=5'],
  ['> R 1', '> A 1 1'],
  ['> S 4000', '< SA 4000 4001', '> A 4001 4001'],
  ['< S 4000', '> SA 4000 4001', '< A 4001 4001'],
  ['< R 1', '< A 1 1'],
]

const SETUPS: readonly KernelSetup[] = [
  { exception: 'reject', loose: false },
  { exception: 'continue', loose: true, dropsInvalid: true },
]

function written(lines: readonly string[]): OracleCase {
  return { name: lines.join(', '), frames: lines.map((line) => ({ time: 0, bytes: packet(line).bytes })) }
}

describe('conntrack against the Linux kernel: every state', function () {
  this.timeout(180_000)
  before(needsRoot)
  const cases = BEFORE.flatMap((state) =>
    SEGMENTS.flatMap((segment) => AFTER.map((after) => written([...state, segment, ...after]))),
  )
  for (const setup of SETUPS)
    it(`meets every segment as there, in ${cases.length} cases: ${setup.exception}`, async () => {
      await using kernel = await Kernel.open(setup)
      const { packets, agreed, differences } = await compare(kernel, setup, cases)
      console.info(`      ${packets} packets, agreed: ${JSON.stringify(agreed)}`)
      expect(differences.map(({ text }) => text)).to.deep.equal([])
    })
})
