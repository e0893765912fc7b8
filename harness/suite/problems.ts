import { FlowbreakError } from '../support/errors.ts'

/** Keys and indices from the root of a suite file down to a value. */
export type Path = readonly (string | number)[]

/** Reports a problem at a path; `on: 'key'`: the key rather than its value is wrong. */
export type Report = (path: Path, message: string, on?: 'key') => void

/** Line and column, both from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Most mistakes that are reported at once: nobody reads more, and a file can hold a million. */
const MOST_PROBLEMS = 200

/** The problems of one file in file order, each reported only once, however often a case is expanded. */
export class Problems {
  readonly #file: string
  readonly #locate: (path: Path, on?: 'key') => Place
  readonly #found = new Map<string, Place & { readonly message: string }>()

  constructor(file: string, locate: (path: Path, on?: 'key') => Place) {
    this.#file = file
    this.#locate = locate
  }

  readonly report: Report = (path, message, on) => {
    if (this.#found.size > MOST_PROBLEMS) return
    const place = this.#locate(path, on)
    this.#found.set(`${place.line}:${place.column} ${message}`, { ...place, message })
  }

  /** Throws one error with one line for each problem, `file:line:column: sentence`; does nothing if there is none. */
  throwIfAny(code: `ERR_${string}`): void {
    if (this.#found.size === 0) return
    const sorted = [...this.#found.values()]
      .slice(0, MOST_PROBLEMS)
      .sort((a, b) => a.line - b.line || a.column - b.column)
    const lines = sorted.map(({ line, column, message }) => `${this.#file}:${line}:${column}: ${message}`)
    if (this.#found.size > MOST_PROBLEMS)
      lines.push(`${this.#file}: There are more than ${MOST_PROBLEMS} mistakes: mend these first.`)
    throw new FlowbreakError(code, lines.join('\n'))
  }
}
