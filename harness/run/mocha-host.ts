import { AssertionError } from 'chai'
import Mocha from 'mocha'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'

/** Outcomes that a test passes with. */
const GOOD: ReadonlySet<string> = new Set(['pass', 'known-failure'])

/** Says nothing: the run's own reporters do. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {}
}

type Result = CaseFinished | (RunEvent & { readonly type: 'case-skipped' })

interface Planned {
  readonly name: string
  readonly suite: string
  readonly file: string
}

/**
 * Hosts the cases of a run in mocha: a test a case and target, which waits for the case's result; one mocha instance a suite
 * file, disposed of when it has settled. Execution is not mocha's: each target gets all its cases at once.
 */
export class MochaHost {
  readonly #waiting = new Map<string, (result: Result | undefined) => void>()
  readonly #results = new Map<string, Promise<Result | undefined>>()
  readonly #files = new Map<string, { readonly name: string; readonly target: string }[]>()

  constructor(cases: readonly Planned[], targets: readonly string[]) {
    for (const target of targets)
      for (const { name, file } of cases) {
        const key = `${target} ${name}`
        this.#results.set(key, new Promise((resolve) => this.#waiting.set(key, resolve)))
        const tests = this.#files.get(file)
        if (tests === undefined) this.#files.set(file, [{ name, target }])
        else tests.push({ name, target })
      }
  }

  /** Settles the test of a case. */
  settle(result: Result): void {
    const key = `${result.target} ${result.case.name}`
    this.#waiting.get(key)?.(result)
    this.#waiting.delete(key)
  }

  /** Lets tests whose case was never played end as pending: the run was interrupted or bailed out. */
  abandon(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined)
    this.#waiting.clear()
  }

  /** Runs every suite file's tests; answers how many failed. `reporter`: one of mocha's own, by name; absent: none prints. */
  async run(reporter: string | undefined): Promise<number> {
    let failures = 0
    for (const [file, tests] of this.#files) {
      const mocha = new Mocha({ reporter: reporter ?? Silent, timeout: 0 })
      const suite = Mocha.Suite.create(mocha.suite, file)
      for (const { name, target } of tests) suite.addTest(this.#test(name, target))
      failures += await new Promise<number>((resolve) => mocha.run(resolve))
      mocha.dispose()
    }
    return failures
  }

  #test(name: string, target: string): Mocha.Test {
    const settled = this.#results.get(`${target} ${name}`)
    return new Mocha.Test(name, async function (this: Mocha.Context) {
      const result = await settled
      if (result === undefined || result.type === 'case-skipped') this.skip()
      else if (!GOOD.has(result.outcome)) throw new AssertionError(sentenceOf(result))
    })
  }
}

function sentenceOf({ outcome, detail, mismatches }: CaseFinished): string {
  const first = mismatches.find(({ level }) => level !== 'provisional')
  const more = mismatches.length > 1 ? ` (${mismatches.length} mismatches)` : ''
  return `${outcome}: ${detail ?? first?.message ?? ''}${more}`
}
