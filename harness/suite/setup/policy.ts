import type { Generation, Policy, PolicyMode } from '../../model/setup.ts'
import type { Profile } from '../../profile/index.ts'
import type { Report } from '../problems.ts'
import {
  DEFAULT_ACTIONS,
  GENERATIONS,
  listWords,
  MODES,
  notAWord,
  POLICIES,
  RESETS_ON_EXPIRY,
  RULE_ORDERS,
} from '../words.ts'
import type { SetupInput } from './input.ts'
import { seconds, TCP_IDLE, word } from './values.ts'

/** The stream exception policy with rule order, default actions, time-outs and mode. */
export function readPolicy(input: SetupInput, profile: Profile, report: Report): Policy {
  const ruleOrder = word(input['rule-order'], RULE_ORDERS, 'action', 'a rule order', ['rule-order'], report)
  const defaultActions = input['default-actions'] ?? []
  defaultActions.forEach((action, index) => {
    if (!DEFAULT_ACTIONS.includes(action))
      report(['default-actions', index], notAWord(action, 'a default action', DEFAULT_ACTIONS))
  })
  if (defaultActions.length > 0 && ruleOrder === 'action')
    report(['default-actions'], 'Default actions need rule-order: strict.')
  if (defaultActions.filter((action) => action.startsWith('aws:drop_')).length > 1)
    report(['default-actions'], 'A policy has at most one default action that drops.')
  const tcpIdle =
    input['tcp-idle'] === undefined ? undefined : seconds(input['tcp-idle'], TCP_IDLE, ['tcp-idle'], report)
  const byProfile = profile.knobs.resetOnExpiry.value
  const resetOnExpiry = word(
    input['reset-on-expiry'],
    RESETS_ON_EXPIRY,
    byProfile,
    'whom a reset at expiry tells',
    ['reset-on-expiry'],
    report,
  )
  if (resetOnExpiry !== 'none' && profile.knobs.tracker.value === 'conntrack')
    report(
      ['reset-on-expiry'],
      `The system of profile "${profile.name}" sends nothing when a session expires: leave reset-on-expiry out.`,
    )
  const generation = generationOf(input.generation, profile, report)
  return {
    exception: exceptionOf(input.policy, generation, profile, report),
    ...modeOf(input.mode, generation, report),
    ruleOrder,
    defaultActions,
    ...(tcpIdle === undefined ? {} : { tcpIdle }),
    ...(resetOnExpiry === 'none' && byProfile === 'none' ? {} : { resetOnExpiry }),
  }
}

/**
 * Generations are AWS's, whose engine is Suricata: for a system that follows sessions in another way, Next Generation would only mean its
 * default, which that system may not even have.
 */
function generationOf(text: string | undefined, profile: Profile, report: Report): Generation {
  const generation = word(text, GENERATIONS, 'classic', 'a generation of policies', ['generation'], report)
  if (generation !== 'next' || profile.knobs.tracker.value === 'suricata') return generation
  report(
    ['generation'],
    `Next Generation policies are AWS Network Firewall's, and profile "${profile.name}" is of another system: leave generation out.`,
  )
  return 'classic'
}

/**
 * The stream exception policy as configured, if the system and its generation allow it (developer guide, both pages
 * about it); without one, the default of that generation.
 */
function exceptionOf(
  text: string | undefined,
  generation: Generation,
  profile: Profile,
  report: Report,
): Policy['exception'] {
  const { value: has } = profile.knobs.policies
  const fallback = generation === 'next' ? 'reject' : (has[0] ?? 'drop')
  if (text !== undefined && /^fms[-_]ignore$/i.test(text)) {
    report(
      ['policy'],
      `"${text}" tells Firewall Manager to leave the stream exception policy as it is, and is none itself: write what the firewall has, ${listWords(POLICIES)}.`,
    )
    return fallback
  }
  const exception = word(text, POLICIES, fallback, 'a policy', ['policy'], report)
  if (!has.includes(exception)) {
    report(
      ['policy'],
      `The system of profile "${profile.name}" cannot be set to policy "${exception}": write ${listWords(has)}.`,
    )
    return fallback
  }
  if (exception !== 'continue' || generation !== 'next') return exception
  report(
    ['policy'],
    'A Next Generation policy takes only drop and reject: AWS Network Firewall does not support continue as a configured value there (in monitor mode it is what applies).',
  )
  return fallback
}

/** Absent if it is the default mode, so that equal setups have equal keys. */
function modeOf(
  text: string | undefined,
  generation: Generation,
  report: Report,
): { readonly generation?: Generation; readonly mode?: PolicyMode } {
  const mode = word(text, MODES, 'enforce', 'a mode', ['mode'], report)
  if (generation === 'next') return { generation, ...(mode === 'enforce' ? {} : { mode }) }
  if (mode === 'monitor')
    report(['mode'], 'Only Next Generation policies have a monitor mode: write generation: next.')
  return {}
}
