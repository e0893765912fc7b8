import { expect } from 'chai'
import fc from 'fast-check'
import { Host } from '../model/codes.ts'
import { type Played, right, type World, type Wrong } from './example-world.test.ts'

/** Reproduce a failure with the seed and path that fast-check prints. */
export const SEED = 23
export const RUNS = { seed: SEED, numRuns: 200 }

/** What must hold, and an engine of which it must not. */
interface Invariant<T> {
  readonly says: string
  readonly over: fc.Arbitrary<T>
  readonly holds: (value: T, wrong: Wrong) => void
  readonly wrong: { readonly says: string; readonly engine: Wrong }
}

export function invariant<T>({ says, over, holds, wrong }: Invariant<T>): void {
  it(says, () => {
    fc.assert(
      fc.property(over, (value) => holds(value, right)),
      RUNS,
    )
  })
  it(`${says.slice(0, 3)} is not so of an engine that ${wrong.says}`, () => {
    const { failed } = fc.check(
      fc.property(over, (value) => holds(value, wrong.engine)),
      { ...RUNS, endOnFailure: true },
    )
    expect(failed).to.equal(true)
  })
}

export const byHosts = ({ batch }: Played) => batch.emitted.filter(({ by }) => by < Host.unknown)
/** Outcomes of what the policy decided. */
export const BY_POLICY = /stream midstream$|ct (invalid|new)$/

/** An engine that also sends a reset about each packet with such an outcome or flag. */
export function sendsMore(about: (played: Played, index: number) => boolean): Wrong {
  return (played) => {
    for (const index of played.steps.keys())
      if (about(played, index))
        played.batch.emitted.push({
          cause: index,
          kind: 'tcp-rst',
          to: 'sender',
          by: played.batch.host[index] ?? 0,
          at: 0,
          frame: new Uint8Array(0),
          link: 1,
          seq: 0,
          ack: 0,
        })
    return played
  }
}

export function counts(
  change: (counters: Readonly<Record<string, number>>) => Record<string, number>,
): Wrong {
  return (played) => ({ ...played, counters: played.counters.map(change) })
}

/** An engine that drops packets which it should not have. */
export function drops(which: (played: Played, index: number, world: World, shift: number) => boolean): Wrong {
  return (played, world, { shift = 0 }) => ({
    ...played,
    outcomes: played.outcomes.map((outcome, index) =>
      which(played, index, world, shift) ? 'drop flow drop' : outcome,
    ),
  })
}
