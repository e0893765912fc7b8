import type { Case } from '../model/case.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import { placeInjections } from '../timeline/compile.ts'
import type { CaptureStore } from './captures.ts'

/** A position that a capture does not hold is found before anything is played. */
export async function checkPlaces(cases: readonly Case[], captures: CaptureStore): Promise<void> {
  for (const test of cases) {
    const recorded = await captures.load(test.capture, test.setup)
    if (test.flow >= recorded.flows.count)
      throw new FlowbreakError(
        'ERR_SUITE',
        `${test.file}:${test.line}: ${test.name} is about flow ${test.flow}, but ${test.capture} has flows 0 to ${recorded.flows.count - 1}.`,
      )
    try {
      placeInjections(recorded, test.injections, test.flow < 0 ? undefined : test.flow)
    } catch (thrown) {
      throw new FlowbreakError('ERR_SUITE', `${test.file}:${test.line}: ${test.name}: ${messageOf(thrown)}`, {
        cause: thrown,
      })
    }
  }
}
