import { NANOS_PER_SECOND } from '../../model/batch.ts'
import type { Policy } from '../../model/setup.ts'
import type { Knobs } from '../../profile/index.ts'
import { Clock } from './lifetime.ts'
import { SctpState } from './sctp-states.ts'
import { CtState } from './states.ts'

/** Knobs and policy, reduced once to what Linux's connection tracking and the rules around it need for each packet. */
export interface CtSettings {
  readonly exception: Policy['exception']
  /** Invalid packets are dropped regardless of the policy. */
  readonly dropsInvalid: boolean
  /** nf_conntrack_tcp_loose. */
  readonly pickUp: boolean
  /** nf_conntrack_tcp_be_liberal. */
  readonly liberal: boolean
  /** nf_conntrack_tcp_ignore_invalid_rst. */
  readonly ignoreInvalidReset: boolean
  /** The FTP helper inspects control connections. */
  readonly ftpHelper: boolean
  /** nf_conntrack_tcp_max_retrans. */
  readonly mostRetransmissions: number
  readonly badChecksum: 'ignore' | 'noReset' | 'invalid'
  readonly rejectTarget: Knobs['rejectTarget']['value']
  readonly rstStyle: Knobs['rstStyle']['value']
  /** Nanoseconds, indexed by `CtState` and `Clock`. */
  readonly timeouts: Float64Array
  readonly udp: number
  readonly udpStream: number
  readonly icmp: number
  readonly gre: number
  readonly greStream: number
  readonly other: number
  /** Indexed by `SctpState`. */
  readonly sctp: Float64Array
}

/** The settings of a profile whose `tracker` is conntrack; time-outs that it does not name are those of their group of states. */
export function readCtSettings(
  knobs: Knobs,
  exception: Policy['exception'],
  tcpIdle: number | undefined,
): CtSettings {
  return {
    exception,
    dropsInvalid: knobs.invalid?.value === 'drop',
    pickUp: exception === 'continue' && knobs.continueMode.value === 'pickup',
    liberal: knobs.windowCheck.value !== 'strict',
    ftpHelper: knobs.ftpHelper?.value ?? false,
    ignoreInvalidReset: knobs.ignoreInvalidReset?.value ?? false,
    mostRetransmissions: knobs.tcpMostRetransmissions?.value ?? 3,
    badChecksum: knobs.badChecksum?.value ?? 'ignore',
    rejectTarget: knobs.rejectTarget.value,
    rstStyle: knobs.rstStyle.value,
    timeouts: timeoutsOf(knobs, tcpIdle),
    udp: knobs.udpNew.value * NANOS_PER_SECOND,
    udpStream: knobs.udpEstablished.value * NANOS_PER_SECOND,
    icmp: knobs.icmpNew.value * NANOS_PER_SECOND,
    gre: (knobs.greNew ?? knobs.other).value * NANOS_PER_SECOND,
    greStream: (knobs.greEstablished ?? knobs.other).value * NANOS_PER_SECOND,
    other: knobs.other.value * NANOS_PER_SECOND,
    sctp: sctpTimeoutsOf(knobs),
  }
}

function timeoutsOf(knobs: Knobs, tcpIdle: number | undefined): Float64Array {
  const { tcpNew, tcpEstablished, tcpClosed } = knobs
  const established = tcpIdle ?? tcpEstablished.value
  const seconds: readonly (readonly [number, number])[] = [
    [CtState.synSent, tcpNew.value],
    [CtState.synSent2, knobs.tcpSynSent2?.value ?? tcpNew.value],
    [CtState.synReceived, knobs.tcpSynReceived?.value ?? tcpNew.value],
    [CtState.established, established],
    [CtState.finWait, knobs.tcpFinWait?.value ?? tcpEstablished.value],
    [CtState.closeWait, knobs.tcpCloseWait?.value ?? tcpEstablished.value],
    [CtState.lastAck, knobs.tcpLastAck?.value ?? tcpClosed.value],
    [CtState.timeWait, knobs.tcpTimeWait?.value ?? tcpClosed.value],
    [CtState.close, tcpClosed.value],
    [Clock.retransmitting, knobs.tcpRetransmitting?.value ?? established],
    [Clock.unacknowledged, knobs.tcpUnacknowledged?.value ?? established],
  ]
  const table = new Float64Array(16)
  for (const [row, value] of seconds) table[row] = value * NANOS_PER_SECOND
  return table
}

function sctpTimeoutsOf(knobs: Knobs): Float64Array {
  const knobOf = [
    [SctpState.closed, knobs.sctpClosed],
    [SctpState.cookieWait, knobs.sctpCookieWait],
    [SctpState.cookieEchoed, knobs.sctpCookieEchoed],
    [SctpState.established, knobs.sctpEstablished],
    [SctpState.shutdownSent, knobs.sctpShutdownSent],
    [SctpState.shutdownReceived, knobs.sctpShutdownReceived],
    [SctpState.shutdownAckSent, knobs.sctpShutdownAckSent],
    [SctpState.heartbeatSent, knobs.sctpHeartbeatSent],
  ] as const
  const table = new Float64Array(16)
  for (const [state, knob] of knobOf) table[state] = (knob ?? knobs.other).value * NANOS_PER_SECOND
  return table
}
