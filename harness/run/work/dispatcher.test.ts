import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { LogLine } from '../../log/write.ts'
import type { Case } from '../../model/case.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { makeSetup } from '../../suite/setup.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { seededRandom } from '../../timeline/random.ts'
import { errorAttempt } from '../attempts.ts'
import { summaryOf } from '../play.ts'
import { Dispatcher } from './dispatcher.ts'
import { Lane } from './lane.ts'
import { casesOf, type Lot, type LotEvent, type LotPlayer, type TakeLotEvent, WORKER_LOST } from './lot.ts'
import type { Planned } from './lots.ts'

const setup = makeSetup({ profile: 'suricata-7' })

function test(name: string): Case {
  return {
    ...{ name, suite: 's', file: 's.yaml', line: 1, rows: [], tags: [], requirement: '', axes: {} },
    ...{ capture: '', flow: 0, endpoints: 'recorded', setup, injections: [], expectations: [] },
  }
}

/** Lots of a target, each of that many cases, every second replay a fold of two. */
async function* planned(target: string, sizes: readonly number[]): AsyncGenerator<Planned> {
  yield { events: [{ type: 'warning', code: 'WARN_TEST', message: `plan of ${target}` }] }
  for (const [index, size] of sizes.entries()) {
    const cases = Array.from({ length: size }, (_, at) => test(`${target}/${index}/${at}`))
    const replays: number[][] = []
    for (let at = 0; at < size; at += replays.at(-1)?.length ?? 1)
      replays.push(replays.length % 2 === 1 && at + 1 < size ? [at, at + 1] : [at])
    yield { events: [], lot: { index, target, setup: setup.key, cases, replays } }
  }
}

function finished({ target }: Lot, { name }: Case, outcome: CaseFinished['outcome'] = 'pass'): LotEvent {
  const { evidence: _, ...attempt } = errorAttempt('')
  return { type: 'case-finished', target, attempt: 1, ...attempt, case: summaryOf(test(name)), outcome }
}

/** What stands for a line of the log. */
const LINE = '0123456789'

interface Faults {
  /** Cases that fail, and that kill whoever plays them. */
  readonly fails?: ReadonlySet<string>
  readonly kills?: ReadonlySet<string>
  /** One in so many replays loses its worker; 0: none does. */
  readonly lossy?: number
}

class FakePlayer implements LotPlayer {
  readonly #random: () => number
  readonly #faults: Faults
  readonly targets?: readonly string[]

  constructor(seed: number, faults: Faults, targets?: readonly string[]) {
    this.#random = seededRandom(seed)
    this.#faults = faults
    if (targets !== undefined) this.targets = targets
  }

  async play(lot: Lot, signal: AbortSignal, take: TakeLotEvent): Promise<void> {
    const { fails, kills, lossy = 0 } = this.#faults
    take({ type: 'target-failed', target: lot.target, code: 'ERR_TEST', message: 'told by each worker' })
    for (const replay of lot.replays) {
      await wait(this.#random() % 3)
      if (signal.aborted) return
      const cases = casesOf(lot, replay)
      if (cases.some(({ name }) => kills?.has(name)) || (lossy > 0 && this.#random() % lossy === 0)) {
        // Some of what was done has been told.
        const told = cases.findIndex(({ name }) => kills?.has(name))
        for (const each of cases.slice(0, Math.max(told, 0))) take(finished(lot, each))
        throw new FlowbreakError(WORKER_LOST, 'Gone.')
      }
      let isBad = false
      for (const each of cases) {
        const outcome = fails?.has(each.name) ? 'fail' : 'pass'
        isBad ||= outcome === 'fail'
        take(finished(lot, each, outcome), LINE)
      }
      if (isBad) return
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The log that those players make of two targets, as words. */
async function logged(
  players: readonly LotPlayer[],
  {
    sizes = [3, 1, 5, 2, 4],
    window = 1000,
    held = 1000,
    bails = false,
    signal = new AbortController().signal,
  } = {},
) {
  const words: string[] = []
  const lanes = ['a', 'b'].map((name) => new Lane(name, planned(name, sizes)))
  const log = (event: LotEvent): boolean => {
    if (event.type === 'case-finished') words.push(`${event.case.name} ${event.outcome}`)
    else if (event.type === 'warning' || event.type === 'target-failed') words.push(event.message)
    return bails && event.type === 'case-finished' && event.outcome === 'fail'
  }
  const bailed = await new Dispatcher({ lanes, players, signal, window, held, log }).run()
  return { words, bailed }
}

const some = (count: number, faults: Faults = {}, seed = 1) =>
  Array.from({ length: count }, (_, at) => new FakePlayer(seed + at, faults))

describe('run/work/dispatcher', () => {
  it('makes the same log however many play, in whatever order they end, within any window', async () => {
    const { words } = await logged(some(1))
    expect(words).to.have.lengthOf(2 * (2 + 15))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        async (count, seed, window, held) => {
          expect((await logged(some(count, {}, seed), { window, held })).words).to.deep.equal(words)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('hands out no more while too much is held back, and goes on when the log has it', async () => {
    const begun: string[] = []
    const player = (target: string, turns: number): LotPlayer => ({
      targets: [target],
      play: async (lot, _signal, take) => {
        begun.push(`${target}${lot.index}`)
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
        for (const each of lot.cases) take(finished(lot, each), LINE)
      },
      [Symbol.asyncDispose]: async () => undefined,
    })
    // Two lots of b are more than may be held back, long before the first of a has ended.
    const options = { sizes: [2, 2, 2], held: 3 * LINE.length }
    const { words } = await logged([player('a', 50), player('b', 1)], options)
    expect(begun).to.deep.equal(['a0', 'b0', 'b1', 'a1', 'a2', 'b2'])
    expect(words.filter((word) => word.endsWith('pass'))).to.have.lengthOf(12)
  })

  it('gives each case one result where workers are lost, and the one that loses them an error', async () => {
    const { words } = await logged(some(1))
    const lossy = await logged(some(3, { lossy: 9 }), { sizes: [3, 1, 5, 2, 4] })
    expect(lossy.words.map((word) => word.replace(/ error$/, ' pass'))).to.deep.equal(words)
    // Of a fold: the others have their results.
    const { words: killed } = await logged(some(3, { kills: new Set(['a/2/2']) }))
    expect(killed).to.deep.equal(words.map((word) => (word === 'a/2/2 pass' ? 'a/2/2 error' : word)))
  })

  it('stops where one that plays alone does, with the rest of the fold', async () => {
    const faults = { fails: new Set(['a/2/1', 'a/3/0', 'b/0/0']) }
    const { words, bailed } = await logged(some(1, faults), { bails: true })
    expect(bailed).to.equal(true)
    expect(words.slice(-2)).to.deep.equal(['a/2/1 fail', 'a/2/2 pass'])
    for (const count of [2, 5])
      expect((await logged(some(count, faults, count), { bails: true })).words).to.deep.equal(words)
  })

  it('keeps what is ahead when it is interrupted', async () => {
    const interrupt = new AbortController()
    const [slow, quick] = [new FakePlayer(1, {}, ['a']), new FakePlayer(2, {}, ['b'])]
    const never: LotPlayer = {
      targets: ['a'],
      play: (_lot, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      [Symbol.asyncDispose]: () => slow[Symbol.asyncDispose](),
    }
    let played = 0
    const counted: LotPlayer = {
      targets: ['b'],
      play: async (lot, signal, take) => {
        await quick.play(lot, signal, take)
        if (++played === 5) interrupt.abort()
      },
      [Symbol.asyncDispose]: () => quick[Symbol.asyncDispose](),
    }
    const { words } = await logged([never, counted], { signal: interrupt.signal })
    expect(words.filter((word) => word.startsWith('b/'))).to.have.lengthOf(15)
  })

  it('ends with what a player throws, and says whose lots nobody plays', async () => {
    const broken: LotPlayer = {
      play: () => Promise.reject(new FlowbreakError('ERR_TEST', 'The disk is full.')),
      [Symbol.asyncDispose]: async () => undefined,
    }
    const thrown = async (players: readonly LotPlayer[]) =>
      logged(players).then(String, (error) => error.code)
    expect(await thrown([broken, ...some(2)])).to.equal('ERR_TEST')
    expect(await thrown([new FakePlayer(1, {}, ['a'])])).to.equal('ERR_NOT_PLAYED')
  })

  it('keeps lines that are ahead of the log, though their player uses the memory again', async () => {
    const [one = 0x31, two = 0x32] = Buffer.from('12')
    const memory = Buffer.alloc(1)
    const player = (target: string, letter: number, until: Promise<void>, end: () => void): LotPlayer => ({
      targets: [target],
      play: async (lot, _, take) => {
        await until
        for (const each of lot.cases) {
          memory[0] = letter
          take(finished(lot, each), memory)
          memory[0] = 0
        }
        end()
      },
      [Symbol.asyncDispose]: async () => undefined,
    })
    const lines: string[] = []
    const lanes = ['a', 'b'].map((name) => new Lane(name, planned(name, [2])))
    const log = (_: LotEvent, line?: LogLine): boolean => {
      if (line !== undefined) lines.push(Buffer.from(line).toString())
      return false
    }
    let end = (): void => undefined
    const secondIsOver = new Promise<void>((resolve) => {
      end = resolve
    })
    const players = [
      player('a', one, secondIsOver, () => undefined),
      player('b', two, Promise.resolve(), () => end()),
    ]
    await new Dispatcher({ lanes, players, signal: new AbortController().signal, log }).run()
    expect(lines).to.deep.equal(['1', '1', '2', '2'])
  })
})
