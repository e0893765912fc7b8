import Mocha from 'mocha'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'

/** Outcomes for which a test passes. */
const GOOD: ReadonlySet<string> = new Set(['pass', 'known-failure'])

/** Prints nothing: the run's own reporters do. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {}
}

type Result = CaseFinished | (RunEvent & { readonly type: 'case-skipped' })

/** A test with its full title computed once: mocha asks for it several times. */
class CaseTest extends Mocha.Test {
  override fullTitle(): string {
    return `${this.parent?.title} ${this.title}`
  }
}

interface Planned {
  readonly name: string
  readonly suite: string
  readonly file: string
}

/** Most tests of a mocha instance: it holds all of them until the last has run, and its reporter prints totals for each instance. */
const MOST_TESTS = 1000
/** The same if no reporter prints: smaller instances are cheaper to dispose of. */
const MOST_SILENT_TESTS = 100

/** What is known of a case on a target; one byte each, because there may be very many. */
const State = { open: 0, good: 1, skipped: 2, bad: 3 } as const

/**
 * Hosts the cases of a run in mocha: one test for each case and target, which waits for the case's result; one mocha instance for each
 * suite file (several for a large one), made when its turn comes and disposed of when it has settled. Mocha does not execute cases: each
 * target gets all its cases at once.
 */
export class MochaHost {
  readonly #names: readonly string[]
  readonly #targets: readonly string[]
  readonly #places: ReadonlyMap<string, number>
  /** By suite file: places of its cases. */
  readonly #files = new Map<string, number[]>()
  /** By target, then by place. */
  readonly #states: Uint8Array
  /** The sentences about bad cases, until their tests have run. */
  readonly #sentences = new Map<number, string>()
  readonly #waiting = new Map<number, () => void>()
  #abandoned = false

  constructor(cases: readonly Planned[], targets: readonly string[]) {
    this.#names = cases.map(({ name }) => name)
    this.#places = new Map(this.#names.map((name, place) => [name, place]))
    this.#targets = targets
    this.#states = new Uint8Array(cases.length * targets.length)
    for (const [place, { file }] of cases.entries()) {
      const places = this.#files.get(file)
      if (places === undefined) this.#files.set(file, [place])
      else places.push(place)
    }
  }

  /** Settles the test of a case. */
  settle(result: Result): void {
    const place = this.#places.get(result.case.name)
    const target = this.#targets.indexOf(result.target)
    if (place === undefined || target < 0) return
    const at = target * this.#names.length + place
    if (result.type === 'case-skipped') this.#states[at] = State.skipped
    else if (GOOD.has(result.outcome)) this.#states[at] = State.good
    else {
      this.#states[at] = State.bad
      this.#sentences.set(at, sentenceOf(result))
    }
    this.#waiting.get(at)?.()
  }

  /** Makes tests whose case was never played end as pending: the run was interrupted or bailed out. */
  abandon(): void {
    this.#abandoned = true
    for (const go of this.#waiting.values()) go()
  }

  /** Runs the tests of every suite file; returns how many failed. `reporter`: one of mocha's own, by name; absent: nothing is printed. */
  async run(reporter: string | undefined): Promise<number> {
    let failures = 0
    const most = reporter === undefined ? MOST_SILENT_TESTS : MOST_TESTS
    for (const [file, places] of this.#files) {
      const all = places.length * this.#targets.length
      for (let from = 0; from < all; from += most) {
        const mocha = new Mocha({ reporter: reporter ?? Silent, timeout: 0 })
        const suite = Mocha.Suite.create(mocha.suite, file)
        for (let index = from; index < Math.min(all, from + most); index++) {
          const target = Math.floor(index / places.length)
          suite.addTest(this.#test(target, places[index % places.length] ?? 0))
        }
        failures += await new Promise<number>((resolve) => mocha.run(resolve))
        mocha.dispose()
      }
    }
    return failures
  }

  #test(target: number, place: number): Mocha.Test {
    const at = target * this.#names.length + place
    const settle = (context: Mocha.Context) => this.#tell(at, context)
    const settled = (): Promise<void> | undefined => this.#settled(at)
    return new CaseTest(this.#names[place] ?? '', function (this: Mocha.Context) {
      // Most have their result by then; an unnecessary wait costs mocha several turns.
      const waiting = settled()
      return waiting === undefined ? settle(this) : waiting.then(() => settle(this))
    })
  }

  /** Waits for the result of a case; undefined: it has one, or will never have one. */
  #settled(at: number): Promise<void> | undefined {
    if (this.#states[at] !== State.open || this.#abandoned) return undefined
    return new Promise((resolve) => this.#waiting.set(at, resolve))
  }

  /** Ends the test of a case; if the case is bad, with a promise that rejects. */
  #tell(at: number, context: Mocha.Context): Promise<never> | undefined {
    this.#waiting.delete(at)
    const state = this.#states[at]
    if (state === State.open || state === State.skipped) context.skip()
    if (state !== State.bad) return undefined
    const sentence = this.#sentences.get(at)
    this.#sentences.delete(at)
    return failed(sentence ?? '')
  }
}

/** Chai is loaded only once a case has failed. */
async function failed(sentence: string): Promise<never> {
  const { AssertionError } = await import('chai')
  throw new AssertionError(sentence)
}

function sentenceOf({ outcome, detail, mismatches }: CaseFinished): string {
  const first = mismatches.find(({ level }) => level !== 'provisional')
  const more = mismatches.length > 1 ? ` (${mismatches.length} mismatches)` : ''
  return `${outcome}: ${detail ?? first?.message ?? ''}${more}`
}
