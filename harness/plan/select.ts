import type { Case } from '../model/case.ts'
import { notAWord, POLICIES } from '../suite/words.ts'
import { FlowbreakError } from '../support/errors.ts'
import { compilePattern, type Matcher } from './pattern.ts'

/** Which cases are selected. A case must match at least one item of every list that is given. */
export interface Selection {
  /** Each is a pattern if it has a star, else part of a name. */
  readonly grep?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  /** Exception policies of the setup. */
  readonly policies?: readonly string[] | undefined
}

/** A function that tells whether a case is selected. Throws ERR_PATTERN, or ERR_POLICY for an unknown policy. */
export function compileSelection({ grep, tags, policies }: Selection): (test: Case) => boolean {
  const matchers = grep?.map(grepMatcher)
  const wrong = policies?.find((policy) => !POLICIES.some((known) => known === policy))
  if (wrong !== undefined) throw new FlowbreakError('ERR_POLICY', notAWord(wrong, 'a policy', POLICIES))
  return (test) =>
    (matchers === undefined || matchers.some((matches) => matches(test.name))) &&
    (tags === undefined || test.tags.some((tag) => tags.includes(tag))) &&
    (policies === undefined || policies.includes(test.setup.policy.exception))
}

function grepMatcher(text: string): Matcher {
  return text.includes('*') ? compilePattern(text) : (name) => name.includes(text)
}
