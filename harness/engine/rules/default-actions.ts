import { FlowbreakError } from '../../support/errors.ts'

/** What the default actions of a strict order drop of what no rule decided (AWS Network Firewall, strict evaluation order). */
export type DefaultDrop = 'none' | 'all' | 'established'

const DROPS: ReadonlyMap<string, DefaultDrop> = new Map([
  ['aws:drop_strict', 'all'],
  ['aws:drop_established', 'established'],
  ['aws:alert_strict', 'none'],
  ['aws:alert_established', 'none'],
])

/** Reads the default actions of a policy: at most one drop action, in strict order only; ERR_DEFAULT_ACTION otherwise. */
export function parseDefaultActions(actions: readonly string[], ruleOrder: 'action' | 'strict'): DefaultDrop {
  if (actions.length > 0 && ruleOrder !== 'strict')
    throw refusal(
      'Default actions need the strict rule order: set the rule order to strict, or leave them out.',
    )
  let found: DefaultDrop = 'none'
  for (const action of actions) {
    const drop = DROPS.get(action)
    if (drop === undefined)
      throw refusal(
        `The default action ${action} is not one that this engine reads: ${[...DROPS.keys()].join(', ')}.`,
      )
    if (drop !== 'none' && found !== 'none')
      throw refusal('There can be one drop action among the default actions only.')
    if (drop !== 'none') found = drop
  }
  return found
}

function refusal(message: string): FlowbreakError {
  return new FlowbreakError('ERR_DEFAULT_ACTION', message)
}
