import type { Setup } from '../../model/setup.ts'
import { controlRulesOf } from '../../observe/control-rules.ts'
import { DEFAULT_ACTION_SID } from './eve.ts'

/**
 * What `aws:drop_strict` is as a rule, behind all others in action order. It asks for what every packet has, so that it is about each
 * packet: a rule about addresses alone would be about the flow.
 */
const DROP_STRICT = `drop ip any any -> any any (msg:"aws:drop_strict"; ttl:0-255; sid:${DEFAULT_ACTION_SID};)`

/** The rules of a setup, its default action among them, behind `own` ones of the harness's that let controls through. */
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
