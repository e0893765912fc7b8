import type { CaseFinished, RunEvent } from '../model/run-log.ts'
import { fixtureRun } from './fixtures/run.ts'

export const EVENTS = fixtureRun()

/** The run with a text in every place of a case that may hold one. */
export function nasty(text: string): RunEvent[] {
  return EVENTS.map((event) => {
    if (event.type !== 'case-finished') return event
    const { case: test, mismatches } = event
    return {
      ...event,
      detail: text,
      case: {
        ...test,
        name: `${test.name}/${text}`,
        requirement: text,
        file: `a b/${text}.yaml`,
        axes: { [text]: text },
      },
      mismatches: mismatches.map((mismatch) => ({
        ...mismatch,
        expected: text,
        observed: text,
        message: text,
      })),
    }
  })
}

/** So many cases that ended alike. */
export function failures(count: number, outcome: CaseFinished['outcome'] = 'fail'): RunEvent[] {
  const found = EVENTS.find(
    (event): event is CaseFinished => event.type === 'case-finished' && event.outcome === 'fail',
  )
  if (found === undefined) throw new Error('The fixture has a case that failed.')
  return Array.from({ length: count }, (_, at) => ({
    ...found,
    outcome,
    case: { ...found.case, name: `core/many/number:${at}` },
  }))
}
