import { FlowbreakError } from '../../support/errors.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { AlertingRule } from './alerts.ts'
import type { RuleSubject } from './subject.ts'

/** Which packets, of those that no rule decided, a default action applies to. */
export type DefaultScope = 'all' | 'established' | 'appLayer' | 'appLayerToServer'

/** The default actions of strict order (AWS Network Firewall developer guide, strict evaluation order). */
export interface DefaultActions {
  readonly drop: DefaultScope | undefined
  readonly alerts: readonly { readonly scope: DefaultScope; readonly rule: AlertingRule }[]
  /** One of them waits for the application layer. */
  readonly needsApp: boolean
}

/** Signature ids 2, 4, 6, 8 denote default actions in AWS's alert logs; 4 is documented, the others are assumed in this order. */
const SCOPES: ReadonlyMap<string, { readonly scope: DefaultScope; readonly sid: number }> = new Map([
  ['strict', { scope: 'all', sid: 2 }],
  ['established', { scope: 'established', sid: 4 }],
  ['established_app_layer', { scope: 'appLayer', sid: 6 }],
  ['established_app_layer_to_server', { scope: 'appLayerToServer', sid: 8 }],
])

/**
 * Reads the default actions of a policy: in strict order only, at most one drop action, and no established ones together with those of
 * the application layer; ERR_DEFAULT_ACTION otherwise.
 */
export function parseDefaultActions(
  actions: readonly string[],
  ruleOrder: 'action' | 'strict',
): DefaultActions {
  if (actions.length > 0 && ruleOrder !== 'strict')
    throw refusal(
      'Default actions need the strict rule order: set the rule order to strict, or leave them out.',
    )
  let drop: DefaultScope | undefined
  const alerts: DefaultActions['alerts'][number][] = []
  for (const action of new Set(actions)) {
    const [, verb, words = ''] = /^aws:(drop|alert)_(.+)$/.exec(action) ?? []
    const found = SCOPES.get(words)
    if (verb === undefined || found === undefined) throw refusal(unknownAction(action))
    if (verb === 'drop' && drop !== undefined)
      throw refusal('There can be one drop action among the default actions only: leave one out.')
    if (verb === 'drop') drop = found.scope
    else alerts.push({ scope: found.scope, rule: ruleOf(action, found.sid) })
  }
  const scopes = [...alerts.map(({ scope }) => scope), ...(drop === undefined ? [] : [drop])]
  const needsApp = scopes.some(isAppLayer)
  if (needsApp && scopes.includes('established'))
    throw refusal(
      'AWS Network Firewall takes default actions of the established family or of the application layer family, not of both: choose one.',
    )
  return { drop, alerts, needsApp }
}

/**
 * Whether a default action applies to a packet that no rule decided. `waiting`: the client's first request is not complete yet.
 * Packets other than TCP always count; of TCP, by the newer text of the guide, those that the client sends once established.
 */
export function isMeant(scope: DefaultScope, subject: RuleSubject, waiting: boolean): boolean {
  if (!subject.wholeDatagram) return false
  if (scope === 'all' || subject.protocol !== Protocol.tcp) return true
  if (!subject.established || !subject.hasFlow) return false
  if (scope === 'appLayer') return !waiting
  return subject.toServer && !(scope === 'appLayerToServer' && waiting)
}

/** Whether a default action waits for the application layer; its drop then applies to the rest of the flow too. */
export function isAppLayer(scope: DefaultScope): boolean {
  return scope === 'appLayer' || scope === 'appLayerToServer'
}

function ruleOf(action: string, sid: number): AlertingRule {
  return { sid, rev: 0, msg: `${action} action`, priority: 3, category: '', action: 'alert' }
}

function unknownAction(action: string): string {
  const known = [...SCOPES.keys()].flatMap((words) => [`aws:drop_${words}`, `aws:alert_${words}`])
  return `The default action ${action} is not one that this engine reads: ${known.join(', ')}.`
}

function refusal(message: string): FlowbreakError {
  return new FlowbreakError('ERR_DEFAULT_ACTION', message)
}
