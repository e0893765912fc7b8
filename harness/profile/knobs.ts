import type { Knob } from '../model/setup.ts'

/**
 * Every setting of the engine that differs between real systems. Times in seconds. What each value means is said here once;
 * where a real system's value is known from is said beside the value, in that system's file.
 */
export interface Knobs {
  /** A RST without session: dropped as an error of the stream, handed to the exception policy, or left to the rules. */
  readonly rstOnMiss: Knob<'streamError' | 'policy' | 'rules'>
  /** A FIN without session, once the exception policy let it go on: dropped as an error of the stream, or left to the rules. */
  readonly finOnMiss: Knob<'policyThenStreamError' | 'policyThenRules'>
  /** Policy `continue`: packets without session stay untracked, or the first ACK makes an established session. */
  readonly continueMode: Knob<'untracked' | 'pickup'>
  /**
   * Connections of which one side alone comes by are tracked (Suricata, stream.async-oneside): the SYN's sender establishes its
   * session by going on, and under policy `continue` a SYN-ACK without session begins one.
   */
  readonly asyncOneside: Knob<boolean>
  /** What is an error of the stream is dropped, or left to the rules (Suricata, stream.drop-invalid). */
  readonly dropInvalid: Knob<boolean>
  /** Who gets the reset of policy `reject`: the sender of the packet, the flow's client as this host sees it, or both ends. */
  readonly rejectTarget: Knob<'source' | 'client' | 'both'>
  /** Numbers and flags of resets: Suricata's, or those of RFC 9293 3.10.7.1. */
  readonly rstStyle: Knob<'suricata' | 'rfc'>
  /** SYN seen, and flows that never got a session. */
  readonly tcpNew: Knob<number>
  /** Session established, either side may have closed. `Policy.tcpIdle` overrides it. */
  readonly tcpEstablished: Knob<number>
  /** Both sides closed, or reset. */
  readonly tcpClosed: Knob<number>
  /** UDP seen in one direction, and in both. */
  readonly udpNew: Knob<number>
  readonly udpEstablished: Knob<number>
  /** ICMP queries seen in one direction, and in both. */
  readonly icmpNew: Knob<number>
  readonly icmpEstablished: Knob<number>
  /** IP protocols other than these. */
  readonly other: Knob<number>
  /** Alive while floor(now) <= floor(last) + time-out on a clock of whole seconds, or while now <= last + time-out. */
  readonly expiry: Knob<'integerSecondStrict' | 'continuous'>
  /** ACKs and data outside the window of an established session: noticed and forwarded, dropped, or not even looked at. */
  readonly windowCheck: Knob<'eventOnly' | 'strict' | 'liberal'>
  /** A RST counts when its sequence number is exactly the next one, or anywhere in the window. */
  readonly rstValidation: Knob<'exact' | 'window'>
  /** A fresh SYN makes a new flow of one that has no session, whichever side sends it; if false, only from the server's side. */
  readonly synReuseOnNullSession: Knob<boolean>
  /** A SYN within a session that is not closing: dropped, forwarded without effect, or the start of a new session. */
  readonly synOnLiveSession: Knob<'drop' | 'ignore' | 'reset'>
  /** Packets dropped because their flow is marked keep the mark alive. */
  readonly dropMarkRefreshesIdle: Knob<boolean>
  /** Replication copies drop marks too. */
  readonly dropMarkReplicated: Knob<boolean>
  /** A replicated session skips window and reset checks until it has seen both sides. */
  readonly importLiberal: Knob<boolean>
  /** A replicated session comes with what it speaks; otherwise its protocol is told again, from the bytes that follow. */
  readonly appStateReplicated: Knob<boolean>
  /** A rule's `pass` about one packet passes the rest of the flow, or that packet. */
  readonly passScope: Knob<'flow' | 'packet'>
  /** A packet that rules drop and reject: dropped by the first of them, or rejected as soon as any of them rejects. */
  readonly dropBesideReject: Knob<'first' | 'reject'>
  /** A rule's `reject` of what is not TCP: an ICMP error to the sender, or a silent drop. */
  readonly rejectNonTcp: Knob<'icmp' | 'drop'>
  /** Whose tracking of connections: Linux's (absent: Suricata's). The knobs below are asked by it alone. */
  readonly tracker?: Knob<'conntrack'>
  /** What is of no connection meets the exception policy (absent), or is dropped whatever that says. */
  readonly invalid?: Knob<'policy' | 'drop'>
  /** A RST from before what its receiver has acknowledged is tracked like others, not invalid (absent: it is invalid). */
  readonly ignoreInvalidReset?: Knob<boolean>
  /** A wrong transport checksum: not looked at (absent), not answered by a reset, or the packet is of no connection. */
  readonly badChecksum?: Knob<'ignore' | 'noReset' | 'invalid'>
  /** SYNs seen from both sides; SYN-ACK seen. Absent: as `tcpNew`. */
  readonly tcpSynSent2?: Knob<number>
  readonly tcpSynReceived?: Knob<number>
  /** A FIN seen; acknowledged. Absent: as `tcpEstablished`. */
  readonly tcpFinWait?: Knob<number>
  readonly tcpCloseWait?: Knob<number>
  /** Both FINs seen; the last one acknowledged. Absent: as `tcpClosed`. */
  readonly tcpLastAck?: Knob<number>
  readonly tcpTimeWait?: Knob<number>
  /** At most this long after that many repetitions of a segment, or while the last window was closed. Absent: 3, no limit. */
  readonly tcpMostRetransmissions?: Knob<number>
  readonly tcpRetransmitting?: Knob<number>
  /** At most this long while data is unacknowledged. Absent: no limit. */
  readonly tcpUnacknowledged?: Knob<number>
}

/** The knobs of one real system. */
export interface Profile {
  readonly name: string
  readonly product: 'suricata' | 'aws-nfw' | 'linux'
  readonly title: string
  readonly knobs: Knobs
}
