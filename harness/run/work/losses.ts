import type { Case } from '../../model/case.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { messageOf } from '../../support/errors.ts'
import { errorAttempt, judge } from '../attempts.ts'
import { summaryOf } from '../play.ts'
import { casesOf, type Lot, withoutDone } from './lot.ts'

/** How often a replay may lose its worker; when played again, it is the first of its lot. */
const MOST = 2
/** Cases in a row that lose their workers before anything was heard of the lot: then it is its target or its setup, and not these cases. */
const UNHEARD = 3

/** The workers that were lost with one lot. */
export class Losses {
  #suspect: string | undefined
  #times = 0
  /** Cases in a row that were given up, since anything was heard of the lot. */
  #unheard = 0

  /**
   * What to do about a lot whose worker was lost; `left`: its replays without a result, `isHeard`: whether that worker had told anything of
   * it. It is played again. A fold that is lost again and again is played case by case, and a case that still loses its worker is an error.
   * Where workers are lost again and again before they tell anything, the rest of the lot is not tried: a run of thousands of cases would
   * start thousands of workers for nothing.
   */
  after(
    left: Lot,
    thrown: unknown,
    isHeard: boolean,
  ): { readonly errors: readonly CaseFinished[]; readonly lot?: Lot } {
    if (isHeard) this.#unheard = 0
    const [first = [], ...rest] = left.replays
    const cases = casesOf(left, first)
    const suspect = cases.map(({ name }) => name).join('\n')
    this.#times = suspect === this.#suspect ? this.#times + 1 : 1
    this.#suspect = suspect
    if (this.#times < MOST) return { errors: [], lot: left }
    if (first.length > 1)
      return { errors: [], lot: { ...left, replays: [...first.map((at) => [at]), ...rest] } }
    const detail = `${messageOf(thrown)} It happened ${MOST} times with this case`
    const errors = cases.map((test) => errorOf(test, left, `${detail}.`))
    if (++this.#unheard === UNHEARD) {
      const why = `${detail.replace('this case', `each of ${UNHEARD} cases`)} before anything was played, so this one was not tried.`
      const untried = rest.flatMap((replay) => casesOf(left, replay))
      return { errors: [...errors, ...untried.map((test) => errorOf(test, left, why))] }
    }
    const lot = withoutDone(left, new Set(cases.map(({ name }) => name)))
    return { errors, ...(lot === undefined ? {} : { lot }) }
  }
}

function errorOf(test: Case, { target }: Lot, detail: string): CaseFinished {
  const error = judge({ case: summaryOf(test), target }, [errorAttempt(detail)], NO_KNOWN_FAILURES)
  const { evidence: _, ...finished } = error
  return finished
}
