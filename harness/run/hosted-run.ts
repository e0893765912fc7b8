import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import { NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import { FlowbreakError } from '../support/errors.ts'
import { CaptureStore } from './captures.ts'
import { runCases } from './pipeline.ts'

export type CaseResult = Extract<RunEvent, { readonly type: 'case-finished' | 'case-skipped' }>

/** A run of cases on one target inside another test runner; it begins when the first result is asked for. */
export class HostedRun {
  readonly #cases: readonly Case[]
  readonly #target: () => Promise<Target>
  readonly #seed: number
  readonly #interrupt = new AbortController()
  readonly #results = new Map<string, CaseResult>()
  readonly #waiting = new Map<string, () => void>()
  #run: Promise<void> | undefined
  #wrong: unknown

  constructor(cases: readonly Case[], target: () => Promise<Target>, seed: number) {
    this.#cases = cases
    this.#target = target
    this.#seed = seed
  }

  /** The result of a case, as soon as it is known. Throws what prevented the run. */
  async result(name: string): Promise<CaseResult> {
    this.#run ??= this.#play()
    if (!this.#results.has(name))
      await Promise.race([this.#run, new Promise<void>((resolve) => this.#waiting.set(name, resolve))])
    const result = this.#results.get(name)
    if (result !== undefined) return result
    throw this.#wrong ?? new FlowbreakError('ERR_NOT_PLAYED', `${name} was not played.`)
  }

  /** Stops the run if it is still going on. */
  async end(): Promise<void> {
    this.#interrupt.abort()
    await this.#run
  }

  async #play(): Promise<void> {
    try {
      const target = await this.#target()
      await runCases({
        cases: () => this.#cases,
        captures: new CaptureStore(),
        targets: [target],
        seed: this.#seed,
        fold: 'auto',
        repeat: 1,
        retries: 0,
        bail: false,
        knownFailures: NO_KNOWN_FAILURES,
        signal: this.#interrupt.signal,
        emit: (event) => this.#take(event),
      })
    } catch (thrown) {
      this.#wrong = thrown
    }
  }

  #take(event: RunEvent): void {
    if (event.type !== 'case-finished' && event.type !== 'case-skipped') return
    this.#results.set(event.case.name, event)
    this.#waiting.get(event.case.name)?.()
  }
}
