import { basename, extname } from 'node:path'
import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import { parseInjections } from '../../suite/injection-text.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { makeSetup } from '../../suite/setup.ts'
import { POLICIES } from '../../suite/words.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'

/** What a suite is to be made of. */
export interface Draft {
  readonly suite: string
  readonly title: string
  /** The capture, as a path from where the command runs. */
  readonly capture: string
  /** As it will stand in the suite, without its policy. */
  readonly setup: SetupInput
  readonly policies: readonly string[]
  readonly cases: readonly DraftCase[]
  readonly endpoints: Case['endpoints']
}

/** One flow that is broken in one way. */
export interface DraftCase {
  readonly name: string
  /** -1: every flow. */
  readonly flow: number
  /** Injections as the command line writes them, all of them in this case. */
  readonly inject: readonly string[]
}

/** A case for each flow and each break, a break being injections apart by spaces. */
export function draftCases(flows: readonly number[], breaks: readonly string[]): readonly DraftCase[] {
  return flows.flatMap((flow) =>
    breaks.map((text) => ({
      flow,
      inject: text.split(/\s+/).filter((word) => word !== ''),
      name: `${flow < 0 ? 'all-flows' : `flow-${flow}`}/${slug(text, 'whole')}`,
    })),
  )
}

/** The name of a suite of a capture: its file's, as far as a name may have it. */
export function suiteNameOf(capture: string): string {
  return slug(basename(capture, extname(capture)), 'mine')
}

function slug(text: string, fallback: string): string {
  return (
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || fallback
  )
}

/** The policies among `wanted` that a setup can have; those of all where none is wanted. Throws ERR_SETUP. */
export function policiesOf(setup: SetupInput, wanted: readonly string[] | undefined): readonly string[] {
  if (wanted !== undefined) {
    for (const policy of wanted) makeSetup({ ...setup, policy })
    return wanted
  }
  const problems: string[] = []
  const able = POLICIES.filter((policy) => {
    try {
      makeSetup({ ...setup, policy })
      return true
    } catch (thrown) {
      problems.push(messageOf(thrown))
      return false
    }
  })
  if (able.length > 0) return able
  throw new FlowbreakError('ERR_SETUP', problems[0] ?? 'This setup can have no policy.')
}

/** The case of a draft under one policy, with nothing expected of it yet. Throws ERR_INJECTION and ERR_SETUP. */
export function caseOf(draft: Draft, { name, flow, inject }: DraftCase, policy: string): Case {
  const setup: Setup = makeSetup({ ...draft.setup, policy })
  return {
    name: `${draft.suite}/${name}/policy:${policy}`,
    suite: draft.suite,
    file: draft.capture,
    line: 1,
    rows: [],
    tags: [],
    requirement: '',
    axes: { policy },
    capture: draft.capture,
    flow,
    endpoints: draft.endpoints,
    setup,
    injections: parseInjections(inject),
    expectations: [],
  }
}
