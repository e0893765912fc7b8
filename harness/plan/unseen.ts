import type { Case, Expectation } from '../model/case.ts'
import type { Capabilities } from '../model/target.ts'

/**
 * A case without what its provisional expectations ask for and the target cannot see: these skip no case (`lacks`), and held to what cannot
 * be seen they would only seem not to be met. The case itself if there is nothing of the kind, or nothing else.
 */
export function withoutUnseen(test: Case, { observes }: Capabilities): Case {
  const sees = (what: Capabilities['observes'][number]) => observes.includes(what)
  const seen = test.expectations.flatMap((each): readonly Expectation[] => {
    if (each.level !== 'provisional') return [each]
    if (each.kind === 'counter') return sees('counters') ? [each] : []
    if (each.kind === 'expiry-resets') return sees('emitted') ? [each] : []
    if (each.kind !== 'packets') return [each]
    const { reason, parts, towards, ...rest } = each
    const asked = {
      ...(reason === undefined || !sees('reason') ? {} : { reason }),
      ...(parts === undefined || !sees('parts') ? {} : { parts }),
      ...(towards === undefined || !sees('emitted') ? {} : { towards }),
    }
    return Object.keys(asked).length === Object.keys(each).length - Object.keys(rest).length
      ? [each]
      : [{ ...rest, ...asked }]
  })
  const isSame =
    seen.length === test.expectations.length && seen.every((each, at) => each === test.expectations[at])
  return isSame || seen.length === 0 ? test : { ...test, expectations: seen }
}
