import type { CaseSummary } from '../model/run-log.ts'

/** Values that are told apart at most: what differs in every case is not worth remembering. */
const MOST = 20_000

/** Keeps one of values that are equal, so that thousands of cases hold what they have in common once. Values must be plain data, and never change. */
export class Shared {
  readonly #texts = new Map<string, string>()
  readonly #values = new Map<string, object>()
  /** Values that were asked for before, by themselves: most of a run's are those of its suites. */
  readonly #kept = new WeakSet<object>()

  text(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    if (this.#texts.size < MOST) this.#texts.set(text, text)
    return text
  }

  value<T extends object>(value: T): T {
    if (this.#kept.has(value)) return value
    const key = JSON.stringify(value)
    const known = this.#values.get(key)
    if (known !== undefined) return known as T
    if (this.#values.size < MOST) {
      this.#values.set(key, value)
      this.#kept.add(value)
    }
    return value
  }

  /** A case with its parts shared; its name is its own. */
  summary(test: CaseSummary): CaseSummary {
    return {
      ...test,
      suite: this.text(test.suite),
      file: this.text(test.file),
      rows: this.value(test.rows),
      tags: this.value(test.tags),
      requirement: this.text(test.requirement),
      axes: this.value(test.axes),
      expectations: this.value(test.expectations),
      capture: this.text(test.capture),
      policy: this.text(test.policy),
      profile: this.text(test.profile),
      ...(test.injections === undefined ? {} : { injections: this.value(test.injections) }),
      ...(test.setup === undefined ? {} : { setup: this.text(test.setup) }),
    }
  }
}
