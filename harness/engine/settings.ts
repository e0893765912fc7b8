import type { Policy } from '../model/setup.ts'
import type { Knobs } from '../profile/index.ts'
import { type CtSettings, readCtSettings } from './conntrack/settings.ts'
import { WindowCheck } from './established.ts'
import { idleTimeouts } from './expiry.ts'

/** Profile and policy, read once into what the engine asks for each packet. */
export interface Settings {
  readonly exception: Policy['exception']
  readonly pickUp: boolean
  /** A SYN-ACK without session begins one, and ends an old one as a SYN does. */
  readonly synAckOpens: boolean
  readonly asyncOneside: boolean
  readonly dropsErrors: boolean
  readonly rstOnMiss: Knobs['rstOnMiss']['value']
  readonly finErrorAfterPolicy: boolean
  readonly rejectTarget: Knobs['rejectTarget']['value']
  readonly rstStyle: Knobs['rstStyle']['value']
  readonly timeouts: Float64Array
  readonly wholeSeconds: boolean
  readonly windowCheck: number
  readonly exactReset: boolean
  readonly synReusesAnyNull: boolean
  readonly synOnLive: Knobs['synOnLiveSession']['value']
  readonly markRefreshes: boolean
  readonly markReplicated: boolean
  readonly importLiberal: boolean
  readonly appReplicated: boolean
  readonly firstStops: boolean
  readonly passOfFlow: boolean
  readonly rejectsAnything: boolean
  /** Where Linux's connection tracking stands in for Suricata's. */
  readonly conntrack: CtSettings | undefined
}

/** Settings from a profile's knobs and a case's policy. */
export function readSettings(knobs: Knobs, policy: Policy): Settings {
  const exception = policy.mode === 'monitor' ? 'continue' : policy.exception
  const pickUp = exception === 'continue' && knobs.continueMode.value === 'pickup'
  const conntrack =
    knobs.tracker?.value === 'conntrack' ? readCtSettings(knobs, exception, policy.tcpIdle) : undefined
  return {
    exception,
    pickUp,
    synAckOpens: pickUp || knobs.asyncOneside.value,
    asyncOneside: knobs.asyncOneside.value,
    dropsErrors: knobs.dropInvalid.value,
    rstOnMiss: knobs.rstOnMiss.value,
    finErrorAfterPolicy: knobs.finOnMiss.value === 'policyThenStreamError',
    rejectTarget: knobs.rejectTarget.value,
    rstStyle: knobs.rstStyle.value,
    // Its entries hold the end of their lives: nothing is to be added.
    timeouts: conntrack === undefined ? idleTimeouts(knobs, policy.tcpIdle) : new Float64Array(64),
    wholeSeconds: knobs.expiry.value === 'integerSecondStrict',
    windowCheck: WindowCheck[knobs.windowCheck.value],
    exactReset: knobs.rstValidation.value === 'exact',
    synReusesAnyNull: knobs.synReuseOnNullSession.value,
    synOnLive: knobs.synOnLiveSession.value,
    markRefreshes: knobs.dropMarkRefreshesIdle.value,
    markReplicated: knobs.dropMarkReplicated.value,
    importLiberal: knobs.importLiberal.value,
    appReplicated: knobs.appStateReplicated.value,
    firstStops: knobs.dropBesideReject.value === 'first',
    passOfFlow: knobs.passScope.value === 'flow',
    rejectsAnything: knobs.rejectNonTcp.value === 'icmp',
    conntrack,
  }
}
