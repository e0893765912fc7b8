import type { Policy } from '../model/setup.ts'
import type { Knobs } from '../profile/index.ts'
import { type CtSettings, readCtSettings } from './conntrack/settings.ts'
import { WindowCheck } from './established.ts'
import { Family, idleTimeouts } from './expiry.ts'
import { State } from './record.ts'

/** Profile and policy, reduced once to what the engine needs for each packet. */
export interface Settings {
  readonly exception: Policy['exception']
  /** `drop` and `reject` mark the flow. */
  readonly marksFlow: boolean
  readonly pickUp: boolean
  /** A SYN-ACK without session begins one, and replaces an old session as a SYN does. */
  readonly synAckOpens: boolean
  readonly asyncOneside: boolean
  readonly dropsErrors: boolean
  readonly pickUpDataOnly: boolean
  readonly bypass: boolean
  readonly rstOnMiss: Knobs['rstOnMiss']['value']
  readonly flaglessToPolicy: boolean
  readonly finErrorAfterPolicy: boolean
  readonly dropsExpired: boolean
  readonly rejectTarget: Knobs['rejectTarget']['value']
  readonly rstStyle: Knobs['rstStyle']['value']
  readonly resetOnExpiry: Knobs['resetOnExpiry']['value']
  /** See `idleTimeouts`. */
  readonly timeouts: Float64Array
  readonly wholeSeconds: boolean
  /** How long an established session may be idle and still take the fast path `advanceInOrder`; -1: none may. TimeoutChange changes it. */
  inOrderIdle: number
  readonly plainWindows: boolean
  readonly windowCheck: number
  readonly ackWindow: number
  readonly rstValidation: Knobs['rstValidation']['value']
  readonly exactReset: boolean
  readonly synReusesAnyNull: boolean
  readonly synOnLive: Knobs['synOnLiveSession']['value']
  readonly synRemovesClosed: boolean
  readonly markRefreshes: boolean
  readonly markReplicated: boolean
  readonly importLiberal: boolean
  readonly appReplicated: boolean
  readonly firstStops: boolean
  readonly passOfFlow: boolean
  readonly rejectsAnything: boolean
  readonly tracksAnyProtocol: boolean
  readonly judgesCarriers: boolean
  readonly answersRebuilt: boolean
  /** Set if Linux's connection tracking replaces Suricata's. */
  readonly conntrack: CtSettings | undefined
  readonly onTimeoutChange: Knobs['onTimeoutChange']['value']
  readonly maxFlows: number
  readonly evictsOldest: boolean
}

/** Settings from a profile's knobs and a case's policy. */
export function readSettings(knobs: Knobs, policy: Policy): Settings {
  const exception = policy.mode === 'monitor' ? 'continue' : policy.exception
  const mode = exception === 'continue' ? knobs.continueMode.value : 'untracked'
  const pickUp = mode === 'pickup' || mode === 'pickupData'
  const conntrack =
    knobs.tracker.value === 'conntrack' ? readCtSettings(knobs, exception, policy.tcpIdle) : undefined
  const plainWindows = knobs.tracker.value === 'windows'
  // Conntrack entries hold their own expiry times: no table is needed.
  const timeouts = conntrack === undefined ? idleTimeouts(knobs, policy.tcpIdle) : new Float64Array(256)
  return {
    exception,
    marksFlow: knobs.missScope.value === 'flow',
    pickUp,
    synAckOpens: pickUp || knobs.asyncOneside.value,
    asyncOneside: knobs.asyncOneside.value,
    dropsErrors: knobs.dropInvalid.value,
    pickUpDataOnly: mode === 'pickupData',
    bypass: mode === 'bypass',
    rstOnMiss: knobs.rstOnMiss.value,
    flaglessToPolicy: knobs.flaglessOnMiss.value === 'policy',
    dropsExpired: knobs.missAfterExpiry.value === 'drop',
    finErrorAfterPolicy: knobs.finOnMiss.value === 'policyThenStreamError',
    rejectTarget: knobs.rejectTarget.value,
    rstStyle: knobs.rstStyle.value,
    resetOnExpiry: policy.resetOnExpiry ?? knobs.resetOnExpiry.value,
    timeouts,
    wholeSeconds: knobs.expiry.value === 'integerSecondStrict',
    inOrderIdle: plainWindows ? -1 : (timeouts[Family.tcp + State.established] ?? 0),
    plainWindows,
    windowCheck: WindowCheck[knobs.windowCheck.value],
    ackWindow: knobs.ackWindow.value,
    rstValidation: knobs.rstValidation.value,
    exactReset: knobs.rstValidation.value === 'exact',
    synReusesAnyNull: knobs.synReuseOnNullSession.value,
    synOnLive: knobs.synOnLiveSession.value,
    synRemovesClosed: knobs.synOnClosedSession.value === 'removeAndDrop',
    markRefreshes: knobs.dropMarkRefreshesIdle.value,
    markReplicated: knobs.dropMarkReplicated.value,
    importLiberal: knobs.importLiberal.value,
    appReplicated: knobs.appStateReplicated.value,
    firstStops: knobs.dropBesideReject.value === 'first',
    passOfFlow: knobs.passScope.value === 'flow',
    rejectsAnything: knobs.rejectNonTcp.value === 'icmp',
    tracksAnyProtocol: knobs.otherFlows.value === 'all',
    judgesCarriers: knobs.carrier.value === 'judged',
    answersRebuilt: knobs.rejectRebuilt.value,
    conntrack,
    onTimeoutChange: knobs.onTimeoutChange.value,
    maxFlows: knobs.maxFlows.value,
    evictsOldest: knobs.onTableFull.value === 'evictOldest',
  }
}
