import type { CaseFinished } from '../../model/run-log.ts'
import { NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { messageOf } from '../../support/errors.ts'
import { errorAttempt, judge } from '../attempts.ts'
import { summaryOf } from '../play.ts'
import { casesOf, type Lot, withoutDone } from './lot.ts'

/** How often a replay may lose its worker; when played again, it is the first of its lot. */
const MOST = 2

/** The workers that were lost with one lot. */
export class Losses {
  #suspect: string | undefined
  #times = 0

  /**
   * What to do about a lot whose worker was lost; `left`: its replays without a result. It is played again. A fold that is lost again and
   * again is played case by case, and a case that still loses its worker is an error.
   */
  after(left: Lot, thrown: unknown): { readonly errors: readonly CaseFinished[]; readonly lot?: Lot } {
    const [first = [], ...rest] = left.replays
    const cases = casesOf(left, first)
    const suspect = cases.map(({ name }) => name).join('\n')
    this.#times = suspect === this.#suspect ? this.#times + 1 : 1
    this.#suspect = suspect
    if (this.#times < MOST) return { errors: [], lot: left }
    if (first.length > 1)
      return { errors: [], lot: { ...left, replays: [...first.map((at) => [at]), ...rest] } }
    const detail = `${messageOf(thrown)} It happened ${MOST} times with this case.`
    const errors = cases.map((test): CaseFinished => {
      const { evidence: _, ...error } = judge(
        { case: summaryOf(test), target: left.target },
        [errorAttempt(detail)],
        NO_KNOWN_FAILURES,
      )
      return error
    })
    const lot = withoutDone(left, new Set(cases.map(({ name }) => name)))
    return { errors, ...(lot === undefined ? {} : { lot }) }
  }
}
