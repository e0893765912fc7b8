import type { Policy, Setup } from '../../model/setup.ts'
import type { Knobs } from '../../profile/index.ts'
import { isExact, SHORTEST, scaledTimeout } from '../lab/scale.ts'

/** Knobs that are time-outs of the kernel. */
const TIMEOUTS = [
  ...(['tcpNew', 'tcpSynReceived', 'tcpEstablished', 'tcpFinWait', 'tcpCloseWait', 'tcpLastAck'] as const),
  ...(['tcpTimeWait', 'tcpClosed', 'tcpRetransmitting', 'tcpUnacknowledged'] as const),
  ...(['udpNew', 'udpEstablished', 'icmpNew', 'other', 'greNew', 'greEstablished'] as const),
  ...(['sctpClosed', 'sctpCookieWait', 'sctpCookieEchoed', 'sctpEstablished', 'sctpShutdownSent'] as const),
  ...(['sctpShutdownReceived', 'sctpShutdownAckSent', 'sctpHeartbeatSent'] as const),
  ...(['fragmentTimeout4', 'fragmentTimeout6'] as const),
]

/** Knobs that a kernel or its rules can be set to; a profile that changes others is not this firewall. */
const SETTABLE: ReadonlySet<string> = new Set([
  ...['windowCheck', 'ignoreInvalidReset', 'invalid', 'tcpMostRetransmissions'],
  ...TIMEOUTS,
])

/** The first knob that a user's own profile changes and that this kernel cannot be set to; undefined: none. */
export function fixedKnob({ ownProfile }: Pick<Setup, 'ownProfile'>): string | undefined {
  return Object.keys(ownProfile?.knobs ?? {}).find((name) => !SETTABLE.has(name))
}

/** Time-outs that the kernel, which counts in whole seconds, cannot keep exactly if its clock is `scale` times as fast. */
export function inexactKnobs(knobs: Knobs, scale: number): readonly string[] {
  return TIMEOUTS.filter((name) => !isExact((knobs[name] ?? knobs.other).value, scale))
}

/** Values below /proc/sys, by name. */
export type KernelSettings = Readonly<Record<string, number>>

/**
 * The settings of a profile and a policy in /proc/sys, with every time-out divided by `scale` and rounded to the whole
 * seconds that the kernel counts in. Throws ERR_CLOCK_SCALE if one would be shorter than 2 s.
 */
export function kernelSettings(knobs: Knobs, policy: Policy, scale: number): KernelSettings {
  const { exception, tcpIdle } = policy
  const { tcpNew, tcpEstablished, tcpClosed, udpNew, udpEstablished, icmpNew, other } = knobs
  const established = tcpIdle ?? tcpEstablished.value
  const tcp = (name: string) => `net/netfilter/nf_conntrack_tcp_timeout_${name}`
  const timeouts: Readonly<Record<string, number>> = {
    [tcp('syn_sent')]: tcpNew.value,
    [tcp('syn_recv')]: knobs.tcpSynReceived?.value ?? tcpNew.value,
    [tcp('established')]: established,
    [tcp('fin_wait')]: knobs.tcpFinWait?.value ?? tcpEstablished.value,
    [tcp('close_wait')]: knobs.tcpCloseWait?.value ?? tcpEstablished.value,
    [tcp('last_ack')]: knobs.tcpLastAck?.value ?? tcpClosed.value,
    [tcp('time_wait')]: knobs.tcpTimeWait?.value ?? tcpClosed.value,
    [tcp('close')]: tcpClosed.value,
    [tcp('max_retrans')]: knobs.tcpRetransmitting?.value ?? established,
    [tcp('unacknowledged')]: knobs.tcpUnacknowledged?.value ?? established,
    'net/netfilter/nf_conntrack_udp_timeout': udpNew.value,
    'net/netfilter/nf_conntrack_udp_timeout_stream': udpEstablished.value,
    'net/netfilter/nf_conntrack_icmp_timeout': icmpNew.value,
    'net/netfilter/nf_conntrack_icmpv6_timeout': icmpNew.value,
    'net/netfilter/nf_conntrack_generic_timeout': other.value,
    'net/netfilter/nf_conntrack_gre_timeout': (knobs.greNew ?? other).value,
    'net/netfilter/nf_conntrack_gre_timeout_stream': (knobs.greEstablished ?? other).value,
    'net/netfilter/nf_conntrack_frag6_timeout': knobs.fragmentTimeout6.value,
    'net/ipv4/ipfrag_time': knobs.fragmentTimeout4.value,
  }
  const scaled = Object.entries(timeouts).map(([name, value]) => [name, scaledTimeout(name, value, scale)])
  return {
    ...Object.fromEntries(scaled),
    ...sctpSettings(knobs, scale),
    'net/netfilter/nf_conntrack_tcp_loose':
      exception === 'continue' && knobs.continueMode.value === 'pickup' ? 1 : 0,
    'net/netfilter/nf_conntrack_tcp_be_liberal': knobs.windowCheck.value === 'strict' ? 0 : 1,
    'net/netfilter/nf_conntrack_tcp_ignore_invalid_rst': knobs.ignoreInvalidReset?.value ? 1 : 0,
    'net/netfilter/nf_conntrack_tcp_max_retrans': knobs.tcpMostRetransmissions?.value ?? 3,
    'net/netfilter/nf_conntrack_checksum': knobs.badChecksum?.value === 'invalid' ? 1 : 0,
  }
}

/** The settings of SCTP. Some of its time-outs are three seconds: they do not limit the scale, and are never set to less than two. */
function sctpSettings(knobs: Knobs, scale: number): KernelSettings {
  const knobOf = {
    closed: knobs.sctpClosed,
    cookie_wait: knobs.sctpCookieWait,
    cookie_echoed: knobs.sctpCookieEchoed,
    established: knobs.sctpEstablished,
    shutdown_sent: knobs.sctpShutdownSent,
    shutdown_recd: knobs.sctpShutdownReceived,
    shutdown_ack_sent: knobs.sctpShutdownAckSent,
    heartbeat_sent: knobs.sctpHeartbeatSent,
  }
  return Object.fromEntries(
    Object.entries(knobOf).map(([state, knob]) => [
      `net/netfilter/nf_conntrack_sctp_timeout_${state}`,
      Math.max(SHORTEST, Math.round((knob ?? knobs.other).value / scale)),
    ]),
  )
}
