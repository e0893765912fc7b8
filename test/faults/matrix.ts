import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { RunEvent } from '../../harness/model/run-log.ts'
import type { Target } from '../../harness/model/target.ts'
import { KnownFailures } from '../../harness/plan/known-failures.ts'
import { planCases } from '../../harness/plan/plan.ts'
import { CaptureStore } from '../../harness/run/captures.ts'
import { runCases } from '../../harness/run/pipeline.ts'
import { loadSuite } from '../../harness/suite/cases.ts'

/** What a target does wrong. */
export interface Fault {
  readonly name: string
  /** When it happens, each a cell of the matrix; absent: from the beginning. */
  readonly moments?: readonly string[]
  /** What the run is told of it by; absent: whatever it is. */
  readonly told?: RegExp
}

/** A target that can be had with faults; one that can be had again and again is a row of the matrix. */
export interface FaultyTarget {
  readonly name: string
  readonly faults: readonly Fault[]
  /** Makes it; without a fault it is healthy. */
  readonly make: (fault?: string, moment?: string) => Target | Promise<Target>
  /** What is left of those that were made, when their runs have ended; it is to be nothing. */
  readonly leftovers: () => readonly string[]
  /** Milliseconds that one run may take. */
  readonly timeout: number
}

/** What a run came to. */
export interface Ran {
  readonly outcomes: readonly string[]
  readonly exitCode: number
  /** The sentences that it told, one a line. */
  readonly told: string
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const { cases } = planCases([loadSuite(path('suite.yaml'), { captures: [path('../../captures')] })])

/** Plays the cases that every healthy target passes. */
export async function run(target: Target): Promise<Ran> {
  const events: RunEvent[] = []
  const { exitCode } = await runCases({
    cases: () => cases,
    captures: new CaptureStore(),
    targets: [target],
    seed: 1,
    fold: 'never',
    repeat: 1,
    retries: 0,
    bail: false,
    knownFailures: new KnownFailures([], ''),
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
  })
  return {
    exitCode,
    outcomes: events.flatMap((event) => (event.type === 'case-finished' ? [event.outcome] : [])),
    told: events
      .flatMap((event) => {
        if (event.type === 'target-failed') return [`${event.code}: ${event.message}`]
        return event.type === 'case-finished' ? [event.detail ?? event.mismatches[0]?.message ?? ''] : []
      })
      .join('\n'),
  }
}

/** Makes a test of each fault at each moment: no case is passed, the run ends, and nothing is left; and one of the healthy target. */
export function describeFaults({ name, faults, make, leftovers, timeout }: FaultyTarget): void {
  describe(`faults of target ${name}`, () => {
    it('passes every case when it is healthy', async () => {
      const { outcomes, exitCode, told } = await run(await make())
      expect(outcomes, told).to.deep.equal(cases.map(() => 'pass'))
      expect(exitCode).to.equal(0)
      expect(leftovers()).to.deep.equal([])
    }).timeout(timeout)

    for (const { name: fault, moments = [''], told: says = /./ } of faults)
      for (const moment of moments)
        it(`passes no case when it ${fault}${moment === '' ? '' : ` ${moment}`}`, async () => {
          const { outcomes, exitCode, told } = await run(await make(fault, moment))
          expect(outcomes).to.have.lengthOf(cases.length).and.not.to.include('pass')
          expect(exitCode).to.be.oneOf([1, 3])
          expect(told).to.match(says)
          expect(leftovers()).to.deep.equal([])
        }).timeout(timeout)
  })
}
