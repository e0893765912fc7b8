import type { ExceptionPolicy, Setup } from '../../model/setup.ts'
import { profileOf } from '../../profile/index.ts'

/** Idle time-outs in whole seconds, as in `flow-timeouts`. */
export interface SuricataTimeouts {
  readonly tcpNew: number
  readonly tcpEstablished: number
  readonly tcpClosed: number
  readonly udpNew: number
  readonly udpEstablished: number
  readonly icmpNew: number
  readonly icmpEstablished: number
  readonly other: number
  readonly otherEstablished: number
}

/** What differs between configurations of Suricata. */
export interface SuricataSettings {
  /** `drop` and `reject` are not possible together with `midstream`: Suricata refuses that. */
  readonly exception: ExceptionPolicy
  readonly midstream: boolean
  readonly asyncOneside: boolean
  readonly dropInvalid: boolean
  readonly timeouts: SuricataTimeouts
  /** Seconds without another fragment after which a datagram is given up. */
  readonly fragmentTimeout: number
  /** The number of flows for which its table has room. */
  readonly maxFlows: number
  /** Whether tunnels over UDP are looked into; those directly over IP always are. */
  readonly tunnels: boolean
}

/** The settings for a setup; `lacking` says whether they cover all of it. */
export function settingsOf(setup: Setup): SuricataSettings {
  const { knobs } = profileOf(setup)
  const exception = setup.policy.mode === 'monitor' ? 'continue' : setup.policy.exception
  return {
    exception,
    midstream: exception === 'continue' && knobs.continueMode.value === 'pickup',
    asyncOneside: knobs.asyncOneside.value,
    dropInvalid: knobs.dropInvalid.value,
    timeouts: {
      tcpNew: knobs.tcpNew.value,
      tcpEstablished: setup.policy.tcpIdle ?? knobs.tcpEstablished.value,
      tcpClosed: knobs.tcpClosed.value,
      udpNew: knobs.udpNew.value,
      udpEstablished: knobs.udpEstablished.value,
      icmpNew: knobs.icmpNew.value,
      icmpEstablished: knobs.icmpEstablished.value,
      other: knobs.other.value,
      otherEstablished: knobs.otherEstablished.value,
    },
    fragmentTimeout: knobs.fragmentTimeout4.value,
    maxFlows: knobs.maxFlows.value,
    tunnels: setup.tunnels === 'inner',
  }
}
