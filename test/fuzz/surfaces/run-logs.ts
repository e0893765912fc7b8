import { caseResults } from '../../../harness/log/cases.ts'
import { mergeRuns } from '../../../harness/log/merge.ts'
import { readRunLog } from '../../../harness/log/read.ts'
import { checkSeals } from '../../../harness/log/seal.ts'
import { summarise } from '../../../harness/log/summary.ts'
import type { RunEvent } from '../../../harness/model/run-log.ts'
import { fixtureRun } from '../../../harness/report/fixtures/run.ts'
import { REPORTERS, type ReporterName } from '../../../harness/report/index.ts'
import { damage, smallerBytes } from '../kit/bytes.ts'
import type { Surface } from '../kit/fuzz.ts'
import type { Random } from '../kit/random.ts'
import { Scratch } from '../kit/scratch.ts'
import { damageText } from '../kit/text.ts'
import { demand, errorProblem, STEERING } from '../kit/told.ts'
import { damageTree, type Tree, wordsOf } from '../kit/tree.ts'

/** Formats that people read as they are; of the others markup and escapes are looked at elsewhere. */
const SHOWN: readonly ReporterName[] = ['console', 'markdown', 'github', 'junit', 'json']
/** One log in so many is rendered, in one of the formats. */
const RENDERED = 6

/** Run logs: a beginning, some events and an end, in a file that is written anew for each input. */
export class RunLogs implements Surface<Uint8Array>, Disposable {
  readonly name = 'run logs'
  readonly #file = new Scratch()
  readonly #events: readonly Tree[] = fixtureRun().map(lighter)
  readonly #lines = this.#events.map((event) => JSON.stringify(event))
  readonly #words = [...wordsOf(this.#events)]
  #inputs = 0

  make(random: Random): Uint8Array {
    const last = this.#lines.length - 1
    const chosen = [0, ...Array.from({ length: random.below(3) }, () => random.below(last)), last]
    const broken = random.below(chosen.length)
    const lines = chosen.map((index, at) => this.#line(random, index, at === broken))
    const text = `${lines.join('\n')}\n`
    const bytes = new TextEncoder().encode(random.oneIn(8) ? damageText(random, text, this.#words) : text)
    return random.oneIn(8) ? damage(random, bytes, []).bytes : bytes
  }

  #line(random: Random, index: number, broken: boolean): string {
    if (!broken || random.oneIn(8)) return this.#lines[index] ?? ''
    return JSON.stringify(damageTree(random, this.#events[index] ?? null, this.#words))
  }

  check(bytes: Uint8Array): boolean {
    this.#file.write(bytes)
    let events: RunEvent[]
    try {
      checkSeals(this.#file.path)
      events = readRunLog(this.#file.path)
    } catch (thrown) {
      const problem = errorProblem(thrown, ['ERR_LOG'])
      demand(problem === undefined, problem ?? '')
      return false
    }
    const results = caseResults(events)
    const { cases, exitCode } = summarise(events)
    demand(cases === results.length, `${cases} cases of ${results.length}`)
    demand([0, 1, 2, 3, 130].includes(exitCode), `exit code ${exitCode}`)
    mergeRuns([events, events], { run: 'merged', at: '2026-01-01T00:00:00Z', command: [] })
    if (++this.#inputs % RENDERED === 0) this.#render(events)
    return true
  }

  #render(events: readonly RunEvent[]): void {
    const name = SHOWN[(this.#inputs / RENDERED) % SHOWN.length] ?? 'console'
    const text = REPORTERS[name].render(events)
    demand(
      !STEERING.test(text),
      `${name} shows what steers a terminal: ${JSON.stringify(STEERING.exec(text))}`,
    )
  }

  *smaller(bytes: Uint8Array): Generator<Uint8Array> {
    yield* smallerBytes(bytes)
  }

  show(bytes: Uint8Array): string {
    return JSON.stringify(Buffer.from(bytes).toString())
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }
}

/** Without traces that are long: what they hold is there in short ones. */
function lighter(event: RunEvent): Tree {
  const trace = event.type === 'case-finished' ? event.trace : undefined
  const kept = trace === undefined || trace.number.length < 40 ? event : { ...event, trace: undefined }
  return JSON.parse(JSON.stringify(kept))
}
