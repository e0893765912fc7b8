import type { Case } from '../model/case.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import { placeInjections } from '../timeline/compile.ts'
import type { Recorded } from '../timeline/recorded.ts'
import type { CaptureStore } from './captures.ts'

/** Finds positions that a capture does not have, before anything is played. */
export async function checkPlaces(cases: readonly Case[], captures: CaptureStore): Promise<void> {
  let last: { readonly test: Case; readonly recorded: Recorded } | undefined
  for (const test of cases) {
    const isSameCapture = last?.test.capture === test.capture && last.test.setup === test.setup
    // Most cases of a suite have the same positions as the one before them.
    if (isSameCapture && last?.test.injections === test.injections && last.test.flow === test.flow) continue
    const recorded = isSameCapture && last ? last.recorded : await captures.load(test.capture, test.setup)
    last = { test, recorded }
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
