import type { Policy } from '../model/setup.ts'
import type { Knobs } from '../profile/index.ts'
import { WindowCheck } from './established.ts'
import { idleTimeouts } from './expiry.ts'

/** Profile and policy, read once into what the engine asks for each packet. */
export interface Settings {
  readonly exception: Policy['exception']
  readonly pickUp: boolean
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
  readonly passOfFlow: boolean
  readonly rejectsAnything: boolean
  readonly tracksAnyProtocol: boolean
  readonly judgesCarriers: boolean
  readonly answersRebuilt: boolean
}

/** Settings from a profile's knobs and a case's policy. */
export function readSettings(knobs: Knobs, policy: Policy): Settings {
  return {
    exception: policy.exception,
    pickUp: policy.exception === 'continue' && knobs.continueMode.value === 'pickup',
    rstOnMiss: knobs.rstOnMiss.value,
    finErrorAfterPolicy: knobs.finOnMiss.value === 'policyThenStreamError',
    rejectTarget: knobs.rejectTarget.value,
    rstStyle: knobs.rstStyle.value,
    timeouts: idleTimeouts(knobs, policy.tcpIdle),
    wholeSeconds: knobs.expiry.value === 'integerSecondStrict',
    windowCheck: WindowCheck[knobs.windowCheck.value],
    exactReset: knobs.rstValidation.value === 'exact',
    synReusesAnyNull: knobs.synReuseOnNullSession.value,
    synOnLive: knobs.synOnLiveSession.value,
    markRefreshes: knobs.dropMarkRefreshesIdle.value,
    markReplicated: knobs.dropMarkReplicated.value,
    importLiberal: knobs.importLiberal.value,
    passOfFlow: knobs.passScope.value === 'flow',
    rejectsAnything: knobs.rejectNonTcp.value === 'icmp',
    tracksAnyProtocol: knobs.otherFlows.value === 'all',
    judgesCarriers: knobs.carrier.value === 'judged',
    answersRebuilt: knobs.rejectRebuilt.value,
  }
}
