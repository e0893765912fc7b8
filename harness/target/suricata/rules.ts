import type { Setup } from '../../model/setup.ts'
import { controlRulesOf } from '../../observe/control-rules.ts'
import { DEFAULT_ACTION_SID } from './eve.ts'

/**
 * `aws:drop_strict` as a rule, after all others in action order. It tests something that every packet has, so that it applies to each
 * packet: a rule about addresses alone would apply to the flow.
 */
const DROP_STRICT = `drop ip any any -> any any (msg:"aws:drop_strict"; ttl:0-255; sid:${DEFAULT_ACTION_SID};)`

/** The rules of a setup, with its default action, after `own` rules of the harness that let controls through. */
export function rulesOf(setup: Setup): {
  readonly rules: readonly string[]
  readonly own: number
} {
  const { rules, policy } = setup
  const defaults = policy.defaultActions.map(() => DROP_STRICT)
  if (rules.length + defaults.length === 0) return { rules: [], own: 0 }
  const controls = controlRulesOf(setup)
  return { rules: [...controls, ...rules, ...defaults], own: controls.length }
}
