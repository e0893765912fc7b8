import type { Case, Expectation } from '../model/case.ts'
import type { Capabilities } from '../model/target.ts'
import { DETAILS, OBSERVED } from './capabilities.ts'

/**
 * A case without what its provisional expectations ask for and the target cannot see: these skip no case (`lacks`), and held to what cannot
 * be seen they would only seem not to be met. The case itself if there is nothing of the kind, or nothing else.
 */
export function withoutUnseen(test: Case, { observes }: Capabilities): Case {
  const seen = test.expectations.flatMap((each) => seenOf(each, observes) ?? [])
  const isSame =
    seen.length === test.expectations.length && seen.every((each, at) => each === test.expectations[at])
  return isSame || seen.length === 0 ? test : { ...test, expectations: seen }
}

/** What is left of an expectation; undefined: nothing. */
function seenOf(expectation: Expectation, observes: Capabilities['observes']): Expectation | undefined {
  if (expectation.level !== 'provisional' || expectation.kind === 'unaltered') return expectation
  if (expectation.kind !== 'packets')
    return observes.includes(OBSERVED[expectation.kind]) ? expectation : undefined
  let left = expectation
  for (const [detail, what] of DETAILS) {
    if (left[detail] === undefined || observes.includes(what)) continue
    const { [detail]: _, ...rest } = left
    left = rest
  }
  return left
}
