import { parseDefaultActions } from '../engine/rules/default-actions.ts'
import { parseRules } from '../engine/rules/parse.ts'
import type { Case } from '../model/case.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'

/** Finds rules and default actions that the engine does not support, before anything is played. */
export function checkRules(cases: readonly Case[]): void {
  const checked = new Set<string>()
  for (const { file, line, name, setup } of cases) {
    if (checked.has(setup.key)) continue
    checked.add(setup.key)
    try {
      parseRules(setup.rules)
      parseDefaultActions(setup.policy.defaultActions, setup.policy.ruleOrder)
    } catch (thrown) {
      throw new FlowbreakError('ERR_SUITE', `${file}:${line}: ${name}: ${messageOf(thrown)}`, {
        cause: thrown,
      })
    }
  }
}
