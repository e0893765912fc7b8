import type { FragmentReading, Overlap, Reading } from '../model/reading.ts'
import type { ExceptionPolicy, Knob, LoadBalancer, Stickiness } from '../model/setup.ts'

/**
 * Every setting that differs between real systems. Times in seconds. The meaning of each value is described here, once; the source of
 * a real system's value stands beside it, in that system's file. `KNOBS` of schema.ts lists the permitted values.
 */
export interface Knobs {
  /** The stream exception policies that the system can be set to, its default first. */
  readonly policies: Knob<readonly ExceptionPolicy[]>
  /** `drop` and `reject` decide about the flow, which is marked so that its later packets are dropped too, or about each packet by itself. */
  readonly missScope: Knob<'flow' | 'packet'>
  /**
   * A RST without a session: dropped as a stream error, handed to the exception policy (which drops it if it picks sessions up,
   * because a RST begins none), or left to the rules.
   */
  readonly rstOnMiss: Knob<'streamError' | 'policy' | 'rules'>
  /** A FIN without a session that the exception policy lets continue: dropped as a stream error, or left to the rules. */
  readonly finOnMiss: Knob<'policyThenStreamError' | 'policyThenRules'>
  /** A packet without a session and without SYN, ACK, FIN and RST: left to the rules, or handed to the exception policy. */
  readonly flaglessOnMiss: Knob<'rules' | 'policy'>
  /** A packet of a session that was idle for too long: handed to the exception policy like any other without a session, or dropped. */
  readonly missAfterExpiry: Knob<'policy' | 'drop'>
  /**
   * Policy `continue`: packets without a session stay untracked, and rules apply to them; the first ACK, or the first packet with
   * data (others are dropped), makes an established session; or they bypass sessions and rules.
   */
  readonly continueMode: Knob<'untracked' | 'pickup' | 'pickupData' | 'bypass'>
  /**
   * Connections of which only one side is seen are tracked (Suricata, stream.async-oneside): the SYN's sender establishes its
   * session with its next packet, and under policy `continue` a SYN-ACK without a session begins one.
   */
  readonly asyncOneside: Knob<boolean>
  /** A stream error is dropped; if false, left to the rules (Suricata, stream.drop-invalid). */
  readonly dropInvalid: Knob<boolean>
  /** Who gets the reset of policy `reject`: the sender of the packet, the flow's client as seen by this host, or both ends. */
  readonly rejectTarget: Knob<'source' | 'client' | 'both'>
  /** Numbers and flags of resets: as Suricata's, or as in RFC 9293 3.10.7.1. */
  readonly rstStyle: Knob<'suricata' | 'rfc'>
  /** Who gets a reset when an established session expires: no one, the client, or both ends. `Policy.resetOnExpiry` overrides it. */
  readonly resetOnExpiry: Knob<'none' | 'client' | 'both'>
  /**
   * How sessions are tracked: as by Suricata; by a plain state machine with windows after van Rooij (SANE 2000), as in pf; or as by
   * Linux's connection tracking, which uses only some of the other systems' knobs.
   */
  readonly tracker: Knob<'suricata' | 'windows' | 'conntrack'>
  /** ACKs and data outside the window of an established session: noticed and forwarded, dropped, or not checked. */
  readonly windowCheck: Knob<'eventOnly' | 'strict' | 'liberal'>
  /** Tracker `windows`: how far an acknowledgement may be from the data that its peer has sent, in bytes, before scaling. */
  readonly ackWindow: Knob<number>
  /**
   * A RST counts if its sequence number is exactly the next one, at most one off, or anywhere in the window; `pending`: a RST in the
   * window is forwarded, but unless it is exact the session lives on for `tcpUnverifiedReset`.
   */
  readonly rstValidation: Knob<'exact' | 'near' | 'window' | 'pending'>
  /** A fresh SYN turns a flow without a session into a new flow, whichever side sends it; if false, only from the server's side. */
  readonly synReuseOnNullSession: Knob<boolean>
  /** A SYN in a session that is not closing: dropped, forwarded without effect, or the start of a new session. */
  readonly synOnLiveSession: Knob<'drop' | 'ignore' | 'reset'>
  /** A fresh SYN on a session that both sides have closed: it opens a new session, or removes the old one and is dropped. */
  readonly synOnClosedSession: Knob<'open' | 'removeAndDrop'>
  /** After a SYN, and for flows that never got a session. */
  readonly tcpNew: Knob<number>
  /** After SYN and SYN-ACK. */
  readonly tcpSynReceived: Knob<number>
  /** For an established session. `Policy.tcpIdle` overrides it. */
  readonly tcpEstablished: Knob<number>
  /** After one side has closed, or both at once; `established`: as for an established session, and overridden with it. */
  readonly tcpHalfClosed: Knob<number | 'established'>
  /** After both sides have closed, until the last acknowledgement. */
  readonly tcpLastAck: Knob<number>
  /** After both sides have closed and acknowledged. */
  readonly tcpTimeWait: Knob<number>
  /** After a reset, or after the last acknowledgement if the tracker recognises it. */
  readonly tcpClosed: Knob<number>
  /** After a RST that was not exact; `rstValidation` `pending`. */
  readonly tcpUnverifiedReset: Knob<number>
  /** UDP seen in one direction, and in both. */
  readonly udpNew: Knob<number>
  readonly udpEstablished: Knob<number>
  /** ICMP queries seen in one direction, and in both. */
  readonly icmpNew: Knob<number>
  readonly icmpEstablished: Knob<number>
  /** IP protocols other than these, seen in one direction, and in both. */
  readonly other: Knob<number>
  readonly otherEstablished: Knob<number>
  /**
   * The IP protocols besides TCP, UDP and ICMP that get flows: SCTP, ESP and IPv6 in IPv4, the last two never established; or all.
   * For the others rules apply packet by packet.
   */
  readonly otherFlows: Knob<'few' | 'all'>
  /** Whether tunnels are looked into if the setup does not say. */
  readonly tunnels: Knob<Reading['tunnels']>
  /** IPv4 in IPv4 (protocol 4) counts as a tunnel. */
  readonly ipv4InIpv4: Knob<boolean>
  /**
   * What the engine does with a packet's tunnel: `judged`: it is a packet of its own, to which rules apply too, and nothing is sent about
   * the packet inside; `stripped`: it is removed before the engine, and what the engine sends goes back in the same tunnel.
   */
  readonly carrier: Knob<'judged' | 'stripped'>
  /** A reject about a reassembled datagram sends something; if false, it is a silent drop. */
  readonly rejectRebuilt: Knob<boolean>
  /** How fragments are reassembled: see `FragmentReading`. Time-outs in seconds. */
  readonly fragmentOverlap: Knob<Overlap>
  readonly fragmentTimeout4: Knob<number>
  readonly fragmentTimeout6: Knob<number>
  readonly fragmentTimer: Knob<FragmentReading['timer']>
  readonly fragmentBothWays: Knob<boolean>
  /** For flows that are marked to be dropped; `state`: as for other flows. */
  readonly discardTcp: Knob<number | 'state'>
  readonly discardUdp: Knob<number | 'state'>
  readonly discardOther: Knob<number | 'state'>
  /** A session is alive while floor(now) <= floor(last) + time-out, on a clock of whole seconds; or while now <= last + time-out. */
  readonly expiry: Knob<'integerSecondStrict' | 'continuous'>
  /** Packets dropped because their flow is marked keep the mark alive. */
  readonly dropMarkRefreshesIdle: Knob<boolean>
  /** Replication copies drop marks too. */
  readonly dropMarkReplicated: Knob<boolean>
  /** A replicated session skips window and reset checks until it has seen both sides. */
  readonly importLiberal: Knob<boolean>
  /** A replicated session comes with its application protocol; if false, that is recognised again from the bytes that follow. */
  readonly appStateReplicated: Knob<boolean>
  /** A rule's `pass` that matches one packet passes the rest of the flow, or only that packet. */
  readonly passScope: Knob<'flow' | 'packet'>
  /**
   * When the TCP idle time-out is changed: the next packet of an established session meets the exception policy, or sessions keep
   * the time-out that they have, or get the new one.
   */
  readonly onTimeoutChange: Knob<'exception' | 'keep' | 'refresh'>
  /** The largest number of flows of one host, of all protocols: 1 to 1,048,576, as many as flowbreak itself can tell apart at one time. */
  readonly maxFlows: Knob<number>
  /**
   * A new flow when the table is full: the flow that was silent for longest makes way, unless even that had a packet within the last
   * seconds (1 without a session, 5 established, 3 closed); otherwise, and with `refuse` always, the packet is dropped. Flows idle
   * for longer than their time-out do not count.
   */
  readonly onTableFull: Knob<'evictOldest' | 'refuse'>
  /** A packet that some rules drop and others reject: the first of them decides, or any reject rejects it. */
  readonly dropBesideReject: Knob<'first' | 'reject'>
  /** A rule's `reject` for a packet that is not TCP: an ICMP error to the sender, or a silent drop. */
  readonly rejectNonTcp: Knob<'icmp' | 'drop'>
  /** The load balancer of a setup with this profile, unless the setup says otherwise (`LoadBalancer`). */
  readonly lbPlacement: Knob<LoadBalancer['placement']>
  readonly lbTcpIdle: Knob<number>
  readonly lbOtherIdle: Knob<number>
  readonly lbNonSynMiss: Knob<LoadBalancer['nonSynMiss']>
  readonly lbFailover: Knob<LoadBalancer['failover']>
  readonly lbResetOn: Knob<readonly (keyof LoadBalancer['resetOn'])[]>
  readonly lbStickiness: Knob<Stickiness>
  readonly lbDeregistrationDelay: Knob<number>
  readonly lbHealthInterval: Knob<number>
  readonly lbUnhealthyThreshold: Knob<number>
  readonly lbHealthyThreshold: Knob<number>
  readonly lbCrossZone: Knob<boolean>
  readonly lbAllUnhealthy: Knob<NonNullable<LoadBalancer['allUnhealthy']>>
  /** Time-out of the connection tracking that the hosts' own network interfaces do. */
  readonly lbHostTcpEstablished: Knob<number>
  /** Only tracker `conntrack` uses the knobs from here on. A packet of no connection meets the exception policy (absent), or is dropped. */
  readonly invalid?: Knob<'policy' | 'drop'>
  /** A RST with a number that its receiver has acknowledged already is tracked like any other, instead of being invalid (absent: it is invalid). */
  readonly ignoreInvalidReset?: Knob<boolean>
  /** FTP control connections (TCP port 21) are parsed, and the data connections that they announce are expected: related, not new. */
  readonly ftpHelper?: Knob<boolean>
  /** A wrong transport checksum: not checked (absent), not answered by a reset, or the packet belongs to no connection. */
  readonly badChecksum?: Knob<'ignore' | 'noReset' | 'invalid'>
  /** After SYNs from both sides. Absent: as `tcpNew`. */
  readonly tcpSynSent2?: Knob<number>
  /** After a FIN; after its acknowledgement. Absent: as `tcpEstablished`. */
  readonly tcpFinWait?: Knob<number>
  readonly tcpCloseWait?: Knob<number>
  /** The longest time-out after that many repetitions of a segment, or while the last window was closed. Absent: 3, no limit. */
  readonly tcpMostRetransmissions?: Knob<number>
  readonly tcpRetransmitting?: Knob<number>
  /** The longest time-out while data is unacknowledged. Absent: no limit. */
  readonly tcpUnacknowledged?: Knob<number>
  /** GRE seen in one direction, and in both. Absent: as `other`. */
  readonly greNew?: Knob<number>
  readonly greEstablished?: Knob<number>
  /** SCTP: an INIT seen, or an association that was aborted or shut down; its answer; the cookie; established. Absent: as `other`. */
  readonly sctpClosed?: Knob<number>
  readonly sctpCookieWait?: Knob<number>
  readonly sctpCookieEchoed?: Knob<number>
  readonly sctpEstablished?: Knob<number>
  /** A SHUTDOWN seen of who began the entry, or of its peer; acknowledged. */
  readonly sctpShutdownSent?: Knob<number>
  readonly sctpShutdownReceived?: Knob<number>
  readonly sctpShutdownAckSent?: Knob<number>
  /** A HEARTBEAT seen first. */
  readonly sctpHeartbeatSent?: Knob<number>
}

/** Values for some of the knobs. */
export type KnobValues = { readonly [K in keyof Knobs]?: NonNullable<Knobs[K]>['value'] }

/** A switch of the system itself, and the knobs that it sets: write those in a profile that extends this one. */
export interface Switch {
  /** The vendor's name for it. */
  readonly name: string
  readonly policy?: ExceptionPolicy
  readonly knobs: KnobValues
  readonly mark: Knob<never>['mark']
  readonly source: string
}

/** Recorded facts about a system; only `sharingModel`, and what a source names, has an effect. */
export interface Facts {
  /** How sessions reach another unit. */
  readonly sharing: Readonly<Record<string, Knob<string | number | boolean>>>
  /** The settings of this system's sharing model: the defaults of its keys, by name, and those that no key changes. */
  readonly sharingModel?: Readonly<Record<string, Knob<string | number | boolean>>>
  /** The load balancer in front of it, apart from the `lb…` knobs. */
  readonly loadBalancer: Readonly<Record<string, Knob<string | number | boolean>>>
}

/** One real system. */
export interface Profile {
  readonly name: string
  readonly product: string
  readonly title: string
  readonly knobs: Knobs
  readonly switches: readonly Switch[]
  readonly facts: Facts
}
