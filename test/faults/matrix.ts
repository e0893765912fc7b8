import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Case } from '../../harness/model/case.ts'
import type { Outcome, RunEvent } from '../../harness/model/run-log.ts'
import type { Target } from '../../harness/model/target.ts'
import { KnownFailures } from '../../harness/plan/known-failures.ts'
import { planCases } from '../../harness/plan/plan.ts'
import { CaptureStore } from '../../harness/run/captures.ts'
import { runCases } from '../../harness/run/pipeline.ts'
import { loadSuite } from '../../harness/suite/cases.ts'
import { seededRandom } from '../../harness/timeline/random.ts'
import { type Moment, struck } from './moments.ts'

/** What a target does wrong. */
export interface Fault {
  readonly name: string
  /** When it begins, each a cell of the matrix; absent: before the target is proved. */
  readonly moments?: readonly Moment[]
  /** What the run is told of it by; absent: whatever it is. */
  readonly told?: RegExp
  /** Whether no case at all may pass, those included that would be right about what it does. */
  readonly liar?: boolean
  /** It takes nothing from what was seen of a packet: a case may pass, all controls of which came out. */
  readonly harmless?: boolean
}

/** A target, and whatever has to be taken down after it. */
export interface Rig extends AsyncDisposable {
  readonly target: Target
  /** Does the wrong thing from now on; absent: the target does it by itself when its moment has come. */
  readonly strike?: () => Promise<void>
}

/** A target that can be had with faults, a row of the matrix. */
export interface FaultyTarget {
  readonly name: string
  readonly profile: string
  /** Of a silence that the target's sessions outlive. */
  readonly gap: string
  readonly faults: readonly Fault[]
  /** Cells of the matrix that have no meaning for it: which, and why. */
  readonly without: readonly (readonly [string, string])[]
  /** Cells that are tried unless FLOWBREAK_FULL asks for all; absent: all. */
  readonly sample?: number
  readonly skips?: () => boolean
  /** Makes it; without a fault it is healthy. */
  readonly open: (fault?: string, moment?: Moment) => Rig | Promise<Rig>
  /** What is left of those that were made, when their runs have ended; it is to be nothing. */
  readonly leftovers: () => readonly string[] | Promise<readonly string[]>
  /** Milliseconds that one run may take. */
  readonly timeout: number
}

interface Cell {
  readonly fault: Fault
  readonly moment?: Moment
}

/** What a run came to. */
interface Ran {
  readonly outcomes: readonly Outcome[]
  readonly exitCode: number
  /** Whether all controls of those that passed came out. */
  readonly proved: boolean
  /** The sentences that it told, one a line. */
  readonly told: string
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
/** The case of a cell, but for liars. */
const BROKEN = 'gap-and-swap/at:3'
/** Packets of its capture. */
const PACKETS = 26

/** Plays cases through a target. */
async function run(target: Target, cases: readonly Case[]): Promise<Ran> {
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
  const finished = events.flatMap((event) => (event.type === 'case-finished' ? [event] : []))
  return {
    exitCode,
    outcomes: finished.map(({ outcome }) => outcome),
    proved: finished.every(
      ({ outcome, trace }) => outcome !== 'pass' || trace?.controls.out === trace?.controls.sent,
    ),
    told: events
      .flatMap((event) => {
        if (event.type === 'target-failed') return [`${event.code}: ${event.message}`]
        return event.type === 'case-finished'
          ? [event.detail ?? event.mismatches[0]?.message ?? event.outcome]
          : []
      })
      .join('\n'),
  }
}

/** The cases of the matrix, under that profile and with gaps of that length. */
function casesOf({ profile, gap }: FaultyTarget): readonly Case[] {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  try {
    const file = join(folder, 'suite.yaml')
    const text = readFileSync(path('suite.yaml'), 'utf8')
    writeFileSync(
      file,
      text.replace('gap: 100s', `gap: ${gap}`).replace('profile: aws-nfw', `profile: ${profile}`),
    )
    return planCases([loadSuite(file, { captures: [path('../../captures')] })]).cases
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** So many cells, drawn by a seed; liars are among them in any case. */
function drawn(cells: readonly Cell[], sample: number, seed: number): readonly Cell[] {
  const random = seededRandom(seed)
  const by = new Map(
    cells.map((cell) => [cell, cell.fault.liar && cell.moment === undefined ? -1 : random()]),
  )
  const chosen = new Set(
    [...by]
      .sort(([, a], [, b]) => a - b)
      .slice(0, sample)
      .map(([cell]) => cell),
  )
  return cells.filter((cell) => chosen.has(cell))
}

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
const FULL = process.env.FLOWBREAK_FULL === '1'

/** Makes a test of each fault at each moment: no case is passed, the run ends, and nothing is left; and one of the healthy target. */
export function describeFaults(row: FaultyTarget): void {
  const { name, faults, without, sample, skips, leftovers, timeout } = row
  const all = faults.flatMap((fault): Cell[] =>
    fault.moments === undefined ? [{ fault }] : fault.moments.map((moment) => ({ fault, moment })),
  )
  const cells = sample === undefined || FULL ? all : drawn(all, sample, SEED)
  const title = `faults of target ${name}${cells.length < all.length ? `, ${cells.length} of ${all.length} by seed ${SEED}` : ''}`

  describe(title, () => {
    const tally = new Map<string, number>()
    let healthy: readonly Outcome[] = []
    before(function () {
      if (skips?.() === true) this.skip()
    })
    after(() => {
      const faulty = (outcome: Outcome) => tally.get(outcome) ?? 0
      const tried = [...tally.values()].reduce((sum, count) => sum + count, 0)
      if (tried === 0 && healthy.length === 0) return
      const well = healthy.filter((outcome) => outcome === 'pass').length
      console.log(
        [
          `    matrix ${name}: ${all.length} cells, ${tried} cases of ${cells.length} tried: passed ${faulty('pass')}, inconclusive ${faulty('inconclusive')}, error ${faulty('error')}, failed ${faulty('fail')}; harmless, passed ${tally.get('harmless') ?? 0}`,
          `    healthy: passed ${well} of ${healthy.length}, inconclusive ${healthy.filter((outcome) => outcome === 'inconclusive').length}`,
          ...without.map(([cell, reason]) => `    no cell: ${cell}: ${reason}`),
        ].join('\n'),
      )
    })

    it('passes every case when it is healthy', async () => {
      const cases = casesOf(row)
      const { outcomes, exitCode, told } = await runCell(row, undefined, cases)
      healthy = outcomes
      expect(outcomes, told).to.deep.equal(cases.map(() => 'pass'))
      expect(exitCode).to.equal(0)
      expect(await leftovers()).to.deep.equal([])
    }).timeout(timeout * 2)

    for (const { fault, moment } of cells)
      it(`passes no case when it ${fault.name}${moment === undefined ? '' : ` (${moment})`}`, async () => {
        const cases = casesOf(row).filter(
          ({ name }) => (fault.liar === true && moment === undefined) || name.endsWith(BROKEN),
        )
        const { outcomes, exitCode, proved, told } = await runCell(
          row,
          { fault, ...(moment === undefined ? {} : { moment }) },
          cases,
        )
        for (const outcome of outcomes) {
          const kind = outcome === 'pass' && fault.harmless === true ? 'harmless' : outcome
          tally.set(kind, (tally.get(kind) ?? 0) + 1)
        }
        expect(outcomes).to.have.lengthOf(cases.length)
        expect(proved).to.equal(true)
        if (fault.harmless !== true) {
          expect(outcomes, told).not.to.include('pass')
          expect(exitCode).to.be.oneOf([1, 3])
        }
        if (fault.told !== undefined) expect(told).to.match(fault.told)
        expect(await leftovers()).to.deep.equal([])
      }).timeout(timeout)
  })
}

async function runCell({ open }: FaultyTarget, cell: Cell | undefined, cases: readonly Case[]): Promise<Ran> {
  const moment = cell?.moment
  await using rig = await open(cell?.fault.name, moment)
  const { target, strike } = rig
  const isStruck = moment !== undefined && strike !== undefined
  return await run(isStruck ? struck(target, moment, PACKETS, strike) : target, cases)
}
