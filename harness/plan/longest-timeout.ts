import type { Setup } from '../model/setup.ts'
import { profileOf } from '../profile/index.ts'

/** Seconds for which a device with that setup may remember anything of a flow: the longest of its time-outs. */
export function longestTimeout(setup: Setup): number {
  const { knobs } = profileOf(setup)
  const timeouts = [
    knobs.tcpNew,
    knobs.tcpSynReceived,
    knobs.tcpEstablished,
    knobs.tcpHalfClosed,
    knobs.tcpLastAck,
    knobs.tcpTimeWait,
    knobs.tcpClosed,
    knobs.tcpUnverifiedReset,
    knobs.udpNew,
    knobs.udpEstablished,
    knobs.icmpNew,
    knobs.icmpEstablished,
    knobs.other,
    knobs.otherEstablished,
    knobs.greEstablished,
    knobs.sctpEstablished,
    knobs.fragmentTimeout4,
    knobs.fragmentTimeout6,
  ].map((knob) => (typeof knob?.value === 'number' ? knob.value : 0))
  return Math.max(setup.policy.tcpIdle ?? 0, ...timeouts)
}
