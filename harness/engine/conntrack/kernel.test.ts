import { expect } from 'chai'
import { FlowTable } from '../../flow/table.ts'
import { Direction, nameOf } from '../../model/codes.ts'
import { dice } from '../conversations/random.test.ts'
import { batchOf, type OracleCase, readRecorded, recordedCaptures } from '../oracle-cases.test.ts'
import { compare } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'

const LOOSE = [false, true]
/** Two kernels at a time. */
const PAIRS: readonly (readonly KernelSetup[])[] = [
  ...(['drop', 'reject', 'continue'] as const).map((exception) =>
    LOOSE.map((loose) => ({ exception, loose })),
  ),
  LOOSE.map((loose) => ({ exception: 'continue', loose, dropsInvalid: true })),
]

/** FLOWBREAK_FULL: cut before every packet and play all that follow. */
const FULL = process.env.FLOWBREAK_FULL === '1'
const CUTS_OF_ALL = FULL ? Number.POSITIVE_INFINITY : 40
const SAMPLE = 200
const AFTER_CUT = FULL ? Number.POSITIVE_INFINITY : 24
const SEED = 20261127

describe('conntrack against the Linux kernel', function () {
  this.timeout(FULL ? 3_600_000 : 180_000)
  before(needsRoot)
  const recorded = recordedCaptures().map((name) => ({ name, frames: readRecorded(name) }))
  const cases = [...recorded, ...recorded.flatMap(oneWay), ...cutCases(recorded)]
  for (const setups of PAIRS)
    it(`says of ${cases.length} captures, whole, cut and one way, what Linux does: ${setups.map(named).join('; ')}`, async () => {
      const found = await Promise.all(
        setups.map(async (setup) => {
          await using kernel = await Kernel.open(setup)
          return compare(kernel, setup, cases)
        }),
      )
      for (const { packets, agreed } of found)
        console.info(`      ${packets} packets, agreed: ${JSON.stringify(agreed)}`)
      expect(found.flatMap(({ differences }) => differences.map(({ text }) => text))).to.deep.equal([])
    })
})

function named({ exception, loose, dropsInvalid }: KernelSetup): string {
  return `${exception}, ${loose ? 'loose' : 'strict'}${dropsInvalid === true ? ', invalid dropped' : ''}`
}

/** Cut before the first packets, and before some of the others, by seed. */
function cutCases(recorded: readonly OracleCase[]): OracleCase[] {
  const roll = dice(SEED)
  const cutAt = ({ name, frames }: OracleCase, cut: number): OracleCase => ({
    name: `${name} from packet ${cut + 1}`,
    frames: frames.slice(cut, cut + AFTER_CUT),
  })
  const first = recorded.flatMap((capture) =>
    capture.frames.slice(1, CUTS_OF_ALL + 1).map((_, index) => cutAt(capture, index + 1)),
  )
  const long = recorded.filter(({ frames }) => frames.length > CUTS_OF_ALL + 1)
  const sample = long.length === 0 ? 0 : SAMPLE
  const others = Array.from({ length: sample }, () => {
    const capture = long[roll(long.length)] ?? { name: '', frames: [] }
    return cutAt(capture, CUTS_OF_ALL + 1 + roll(capture.frames.length - CUTS_OF_ALL - 1))
  })
  return [...first, ...others]
}

/** A capture of which only one direction passes. */
function oneWay({ name, frames }: OracleCase): OracleCase[] {
  const batch = batchOf(frames)
  new FlowTable().assign(batch)
  return Object.values(Direction).map((way) => ({
    name: `${name} ${nameOf(Direction, way)} only`,
    frames: frames.filter((_, index) => batch.direction[index] === way),
  }))
}
