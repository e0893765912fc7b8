import type { KnobName } from './knob-values.ts'
import type { SetupName } from './probe.ts'

/** A ladder of probes that differ in one number, `$`: up to some number they are answered in one way, beyond it in another. */
export interface Ladder {
  readonly knob: KnobName
  readonly setup: SetupName
  readonly script: string
  /** What it is about is ended by a timer, which systems have come late, but never early. */
  readonly late?: true
  /** Counts flows of a table, which holds no others: played by itself. */
  readonly flows?: true
}

/** An association that is being set up, and one that is. */
const ANSWERED = '>s=init <s=answer'
const ASSOCIATED = `${ANSWERED} >s=cookie <s=accept`

/**
 * The numbers of a system, each with the states in which it may show, the plainest first; which of them shows it on this target,
 * the model tells. What depends on another number comes after it.
 */
export const LADDERS: readonly Ladder[] = [
  { knob: 'tcpNew', setup: 'drop', script: '>S +$ <SA' },
  { knob: 'tcpSynReceived', setup: 'drop', script: '>S <SA +$ >A' },
  { knob: 'tcpEstablished', setup: 'drop', script: 'open >PA:10 <A +$ >A' },
  { knob: 'tcpSynSent2', setup: 'drop', script: '>S <S >S@0 +$ <SA@0' },
  { knob: 'tcpFinWait', setup: 'drop', script: 'open >FA +$ <A' },
  { knob: 'tcpCloseWait', setup: 'drop', script: 'open >FA <A +$ <PA:10' },
  { knob: 'tcpHalfClosed', setup: 'drop', script: 'open >FA <A +$ <PA:10' },
  { knob: 'tcpHalfClosed', setup: 'drop', script: 'open <FA >A +$ >PA:10' },
  { knob: 'tcpLastAck', setup: 'drop', script: 'open >FA <FA +$ >A' },
  { knob: 'tcpLastAck', setup: 'drop', script: 'open >FA <A <FA +$ >A' },
  { knob: 'tcpTimeWait', setup: 'drop', script: 'open >FA <A <FA >A +$ >A' },
  { knob: 'tcpTimeWait', setup: 'reject', script: 'open >FA <A <FA >A +$ >A' },
  { knob: 'tcpTimeWait', setup: 'drop', script: 'open <FA >A >FA <A +$ >A' },
  { knob: 'tcpTimeWait', setup: 'drop', script: 'open <FA >FA <A +$ >A' },
  { knob: 'tcpTimeWait', setup: 'drop', script: 'open >FA <FA +$ >A' },
  { knob: 'tcpClosed', setup: 'drop', script: 'open >RA +$ >A' },
  { knob: 'tcpClosed', setup: 'reject', script: 'open >RA +$ >A' },
  { knob: 'tcpUnverifiedReset', setup: 'drop', script: 'open >PA:10 <A >RA@1000 +$ >A' },
  { knob: 'tcpRetransmitting', setup: 'drop', script: 'open <Aw0 +$ >A' },
  { knob: 'tcpUnacknowledged', setup: 'drop', script: 'open >PA:10 +$ <A' },
  { knob: 'udpNew', setup: 'answers', script: '>u +$ <u' },
  { knob: 'udpNew', setup: 'drop', script: '>u +$ <x' },
  { knob: 'udpEstablished', setup: 'answers', script: '>u <u +$ <u' },
  // Linux calls it a stream after two seconds of its own clock, up to six times as many of a timeline here.
  {
    knob: 'udpEstablished',
    setup: 'drop',
    script: '>u <u +3 >u <u +3 >u <u +3 >u <u +3 >u <u +$ >x',
  },
  { knob: 'icmpNew', setup: 'drop', script: '>e +$ <r' },
  { knob: 'icmpNew', setup: 'answers', script: '>e +$ <r' },
  { knob: 'icmpEstablished', setup: 'answers', script: '>e <r +$ <r' },
  { knob: 'icmpEstablished', setup: 'drop', script: '>e <r +$ <r' },
  { knob: 'other', setup: 'answers', script: '>s +$ <s' },
  { knob: 'other', setup: 'drop', script: '>o +$ <x' },
  { knob: 'otherEstablished', setup: 'answers', script: '>s <s +$ <s' },
  { knob: 'otherEstablished', setup: 'drop', script: '>o <o +$ <x' },
  { knob: 'greNew', setup: 'drop', script: '>v +$ <x' },
  { knob: 'greEstablished', setup: 'drop', script: '>v <v >v +$ <x' },
  { knob: 'sctpClosed', setup: 'drop', script: '>s=init +$ <s=answer' },
  { knob: 'sctpCookieWait', setup: 'drop', script: `${ANSWERED} +$ >s=cookie` },
  { knob: 'sctpCookieEchoed', setup: 'drop', script: `${ANSWERED} >s=cookie +$ <s=accept` },
  { knob: 'sctpEstablished', setup: 'drop', script: `${ASSOCIATED} +$ >s=data` },
  { knob: 'sctpShutdownSent', setup: 'drop', script: `${ASSOCIATED} >s=shutdown +$ <s=data` },
  { knob: 'sctpShutdownReceived', setup: 'drop', script: `${ASSOCIATED} <s=shutdown +$ >s=data` },
  { knob: 'sctpShutdownAckSent', setup: 'drop', script: `${ASSOCIATED} >s=shutdown <s=bye +$ >s=data` },
  { knob: 'sctpHeartbeatSent', setup: 'drop', script: '>s=heartbeat +$ >s=data' },
  { knob: 'discardTcp', setup: 'reject', script: '>A +$ >A' },
  { knob: 'discardUdp', setup: 'datagram', script: '>u +$ <u' },
  { knob: 'discardUdp', setup: 'answers', script: '<u +$ >u' },
  { knob: 'discardOther', setup: 'blocked', script: '>s +$ <s' },
  { knob: 'discardOther', setup: 'answers', script: '<s +$ >s' },
  { knob: 'fragmentTimeout4', setup: 'datagram', script: '>f:4@0m +$ >f:4@4', late: true },
  { knob: 'fragmentTimeout4', setup: 'reject', script: '>g:3@0m +$ >g:3@3', late: true },
  { knob: 'fragmentTimeout6', setup: 'datagram', script: 'ipv6 >f:4@0m +$ >f:4@4', late: true },
  { knob: 'fragmentTimeout6', setup: 'reject', script: 'ipv6 >g:3@0m +$ >g:3@3', late: true },
  {
    knob: 'tcpMostRetransmissions',
    setup: 'drop',
    script: 'open >PA:10 <A >A*$ +{tcpRetransmitting+5} >A',
  },
  { knob: 'maxFlows', setup: 'drop', script: '>n*$', flows: true },
  { knob: 'ackWindow', setup: 'drop', script: 'open >PA:10 <A >A/-$' },
]
