import type { Case } from '../../model/case.ts'
import type { KnobValue, Setup } from '../../model/setup.ts'
import type { Capabilities } from '../../model/target.ts'
import { setupLacks } from '../../plan/capabilities.ts'
import { type Knobs, profileOf } from '../../profile/index.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { settingsOf } from './settings.ts'

/** Knobs that are fixed in Suricata, with their values. */
const FIXED: { readonly [K in keyof Knobs]?: NonNullable<Knobs[K]>['value'] } = {
  tracker: 'suricata',
  missScope: 'flow',
  rstOnMiss: 'streamError',
  finOnMiss: 'policyThenStreamError',
  flaglessOnMiss: 'rules',
  missAfterExpiry: 'policy',
  rejectTarget: 'source',
  resetOnExpiry: 'none',
  windowCheck: 'eventOnly',
  rstValidation: 'exact',
  synReuseOnNullSession: true,
  synOnLiveSession: 'drop',
  synOnClosedSession: 'open',
  tcpHalfClosed: 'established',
  discardTcp: 'state',
  discardUdp: 'state',
  discardOther: 'state',
  expiry: 'integerSecondStrict',
  dropMarkRefreshesIdle: true,
  otherFlows: 'few',
  ipv4InIpv4: false,
  rejectRebuilt: false,
  fragmentOverlap: 'bsd',
  fragmentTimer: 'last',
  fragmentBothWays: true,
  onTableFull: 'evictOldest',
}

/** A smaller table has too few rows to evict flows as a large one does. */
const FEWEST_FLOWS = 1024

/** Pairs of knobs that are one setting in Suricata. */
const SAME: readonly (readonly [keyof Knobs, keyof Knobs])[] = [
  ['tcpNew', 'tcpSynReceived'],
  ['tcpClosed', 'tcpLastAck'],
  ['tcpClosed', 'tcpTimeWait'],
  ['fragmentTimeout4', 'fragmentTimeout6'],
]

/** What a case needs, beyond capabilities, that Suricata lacks, in words for reports; undefined: nothing. */
export function caseLacks(test: Case): string | undefined {
  return (
    lackingBeyond(test.setup) ??
    (countsContinued(test) ? 'counter StreamExceptionPolicyPackets under continue' : undefined)
  )
}

/** Throws ERR_SURICATA_SETUP if Suricata cannot be set to a setup. */
export function requireSetup(setup: Setup, capabilities: Capabilities): void {
  const lacking = setupLacks(setup, capabilities) ?? lackingBeyond(setup)
  if (lacking === undefined) return
  throw new FlowbreakError(
    'ERR_SURICATA_SETUP',
    `Suricata cannot be set to ${lacking}: use profile suricata-7, or target reference.`,
  )
}

function lackingBeyond(setup: Setup): string | undefined {
  const knob = knobOf(setup)
  if (knob !== undefined) return `profile ${setup.profile} (${knob})`
  const action = setup.policy.defaultActions.find((each) => each !== 'aws:drop_strict')
  if (action !== undefined) return `default action ${action}`
  return setup.policy.ruleOrder === 'strict' && !isActionOrder(setup.rules) ? 'rule order strict' : undefined
}

/** A knob that matters in the setup and differs from Suricata: `missScope: packet`. */
function knobOf(setup: Setup): string | undefined {
  const { knobs } = profileOf(setup)
  const of = (name: keyof Knobs): KnobValue | undefined => knobs[name]?.value
  for (const [name, value] of Object.entries({ ...FIXED, ...fixedFor(setup) })) {
    const given = of(name as keyof Knobs)
    if (given !== value) return `${name}: ${given}`
  }
  if (knobs.maxFlows.value < FEWEST_FLOWS) return `maxFlows: ${knobs.maxFlows.value}`
  const apart = SAME.find(([one, other]) => of(one) !== of(other))
  return apart === undefined ? undefined : `${apart[1]}: ${of(apart[1])}`
}

/** Fixed knobs that matter only with tunnels looked into, policy `continue`, or rules of certain actions. */
function fixedFor(setup: Setup): Readonly<Record<string, KnobValue>> {
  const actions = new Set(setup.rules.map(actionOf))
  const { exception, midstream } = settingsOf(setup)
  return {
    ...(setup.tunnels === 'inner' ? { carrier: 'judged' } : {}),
    ...(exception === 'continue' && !midstream ? { continueMode: 'untracked' } : {}),
    ...(actions.has('pass') ? { passScope: 'packet' } : {}),
    ...(actions.has('reject') ? { rejectNonTcp: 'icmp' } : {}),
    ...(actions.has('reject') && actions.has('drop') ? { dropBesideReject: 'reject' } : {}),
  }
}

/** Suricata evaluates pass rules first, so strict order is the same if no pass rule follows one that stops packets. */
function isActionOrder(rules: readonly string[]): boolean {
  const deciding = rules.map(actionOf).filter((action) => action !== 'alert')
  const stops = deciding.findIndex((action) => action !== 'pass')
  return stops < 0 || !deciding.slice(stops).includes('pass')
}

function actionOf(rule: string): string {
  return rule.trimStart().split(/\s/, 1)[0] ?? ''
}

/** Nothing in Suricata's log shows that its exception policy let a packet go on. */
function countsContinued({ setup, expectations }: Case): boolean {
  return (
    settingsOf(setup).exception === 'continue' &&
    expectations.some(
      (each) =>
        each.kind === 'counter' &&
        each.level !== 'provisional' &&
        each.counter === 'StreamExceptionPolicyPackets',
    )
  )
}
