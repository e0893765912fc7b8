import type { FragmentReading, Overlap, Reading } from '../model/reading.ts'
import type { ExceptionPolicy, Knob, LoadBalancer, Stickiness } from '../model/setup.ts'

/**
 * Every setting that differs between real systems. Times in seconds. What each value means is said here once; where a real
 * system's value is known from is said beside the value, in that system's file. `KNOBS` of schema.ts holds what may be written.
 */
export interface Knobs {
  /** The stream exception policies that the system can be configured to, its default first. */
  readonly policies: Knob<readonly ExceptionPolicy[]>
  /** `drop` and `reject` are about the flow, which is marked and never asked about again, or about each packet by itself. */
  readonly missScope: Knob<'flow' | 'packet'>
  /**
   * A RST without session: dropped as an error of the stream, handed to the exception policy (which drops it where it picks
   * sessions up, since a RST begins none), or left to the rules.
   */
  readonly rstOnMiss: Knob<'streamError' | 'policy' | 'rules'>
  /** A FIN without session, once the exception policy let it go on: dropped as an error of the stream, or left to the rules. */
  readonly finOnMiss: Knob<'policyThenStreamError' | 'policyThenRules'>
  /** A packet with none of SYN, ACK, FIN and RST and without session: left to the rules, or handed to the exception policy. */
  readonly flaglessOnMiss: Knob<'rules' | 'policy'>
  /** A packet of a session that was idle for too long: handed to the exception policy as any other without session, or dropped. */
  readonly missAfterExpiry: Knob<'policy' | 'drop'>
  /**
   * Policy `continue`: packets without session stay untracked and meet the rules; the first ACK, or the first one with data
   * (others are dropped), makes an established session; or they are routed past sessions and rules.
   */
  readonly continueMode: Knob<'untracked' | 'pickup' | 'pickupData' | 'bypass'>
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
  /** When an established session expires, a reset to its client, or to both ends, tells of it. `Policy.resetOnExpiry` overrides it. */
  readonly resetOnExpiry: Knob<'none' | 'client' | 'both'>
  /**
   * How sessions are followed: as Suricata does, by a plain state machine with windows after van Rooij (SANE 2000), as in pf, or as
   * Linux's connection tracking does, which asks only for the knobs of the other systems that it has.
   */
  readonly tracker: Knob<'suricata' | 'windows' | 'conntrack'>
  /** ACKs and data outside the window of an established session: noticed and forwarded, dropped, or not even looked at. */
  readonly windowCheck: Knob<'eventOnly' | 'strict' | 'liberal'>
  /** Tracker `windows`: how far an acknowledgement may be from what its peer has sent, in bytes, before scaling. */
  readonly ackWindow: Knob<number>
  /**
   * A RST counts when its sequence number is exactly the next one, one off, or anywhere in the window; `pending`: one in the
   * window is forwarded, but unless it is exact the session lives on for `tcpUnverifiedReset`.
   */
  readonly rstValidation: Knob<'exact' | 'near' | 'window' | 'pending'>
  /** A fresh SYN makes a new flow of one that has no session, whichever side sends it; if false, only from the server's side. */
  readonly synReuseOnNullSession: Knob<boolean>
  /** A SYN within a session that is not closing: dropped, forwarded without effect, or the start of a new session. */
  readonly synOnLiveSession: Knob<'drop' | 'ignore' | 'reset'>
  /** A fresh SYN on a session that both sides have closed: opens anew, or only removes the old session and is dropped itself. */
  readonly synOnClosedSession: Knob<'open' | 'removeAndDrop'>
  /** SYN seen, and flows that never got a session. */
  readonly tcpNew: Knob<number>
  /** SYN and SYN-ACK seen. */
  readonly tcpSynReceived: Knob<number>
  /** Session established. `Policy.tcpIdle` overrides it. */
  readonly tcpEstablished: Knob<number>
  /** One side has closed, or both at once; `established`: that of an established session, overridden with it. */
  readonly tcpHalfClosed: Knob<number | 'established'>
  /** Both sides have closed, the last acknowledgement is awaited. */
  readonly tcpLastAck: Knob<number>
  /** Both sides have closed and acknowledged. */
  readonly tcpTimeWait: Knob<number>
  /** Closed by a reset, or by its last acknowledgement where the tracker knows which that is. */
  readonly tcpClosed: Knob<number>
  /** A RST came that was not exact; `rstValidation` `pending`. */
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
   * IP protocols besides TCP, UDP and ICMP that get flows: SCTP, ESP and IPv6 in IPv4, the last two never established; or all.
   * What gets none meets the rules packet by packet.
   */
  readonly otherFlows: Knob<'few' | 'all'>
  /** Whether tunnels are looked into where the setup does not say. */
  readonly tunnels: Knob<Reading['tunnels']>
  /** Looking into tunnels, IPv4 in IPv4 (protocol 4) counts as one. */
  readonly ipv4InIpv4: Knob<boolean>
  /**
   * What a packet's tunnel is to the engine: `judged`, a packet of its own that the rules meet too, and nothing is sent about
   * what is in it; `stripped`, taken off before the engine, and what the engine sends goes back in the same tunnel.
   */
  readonly carrier: Knob<'judged' | 'stripped'>
  /** A reject about a datagram put together from fragments sends something; if false, it is a silent drop. */
  readonly rejectRebuilt: Knob<boolean>
  /** How fragments are put together: see `FragmentReading`. Time-outs in seconds. */
  readonly fragmentOverlap: Knob<Overlap>
  readonly fragmentTimeout4: Knob<number>
  readonly fragmentTimeout6: Knob<number>
  readonly fragmentTimer: Knob<FragmentReading['timer']>
  readonly fragmentBothWays: Knob<boolean>
  /** Flows marked to be dropped; `state`: as flows that are not. */
  readonly discardTcp: Knob<number | 'state'>
  readonly discardUdp: Knob<number | 'state'>
  readonly discardOther: Knob<number | 'state'>
  /** Alive while floor(now) <= floor(last) + time-out on a clock of whole seconds, or while now <= last + time-out. */
  readonly expiry: Knob<'integerSecondStrict' | 'continuous'>
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
  /**
   * A TCP idle time-out that is configured anew: established sessions meet the exception policy with their next packet, keep
   * the time-out that they have, or get the new one.
   */
  readonly onTimeoutChange: Knob<'exception' | 'keep' | 'refresh'>
  /** Flows of one host at most, of all protocols; from 1 to 1,048,576, which is what flowbreak itself tells apart at one time. */
  readonly maxFlows: Knob<number>
  /**
   * A new flow when there are as many: the one silent for longest makes way, unless even that had a packet within the last
   * seconds (1 without session, 5 established, 3 closed); else, and with `refuse` always, the packet is dropped. Flows idle
   * for longer than their time-out do not count.
   */
  readonly onTableFull: Knob<'evictOldest' | 'refuse'>
  /** A packet that rules drop and reject: dropped by the first of them, or rejected as soon as any of them rejects. */
  readonly dropBesideReject: Knob<'first' | 'reject'>
  /** A rule's `reject` of what is not TCP: an ICMP error to the sender, or a silent drop. */
  readonly rejectNonTcp: Knob<'icmp' | 'drop'>
  /** The load balancer that a setup with this profile has, where it does not say otherwise (`LoadBalancer`). */
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
  /** Tracker `conntrack` alone asks the knobs from here on. What is of no connection meets the exception policy (absent), or is dropped. */
  readonly invalid?: Knob<'policy' | 'drop'>
  /** A RST from before what its receiver has acknowledged is tracked like others, not invalid (absent: it is invalid). */
  readonly ignoreInvalidReset?: Knob<boolean>
  /** Tracker `conntrack`: control connections of FTP (TCP port 21) are looked into, and the data connections that they announce are expected: related, not new. */
  readonly ftpHelper?: Knob<boolean>
  /** A wrong transport checksum: not looked at (absent), not answered by a reset, or the packet is of no connection. */
  readonly badChecksum?: Knob<'ignore' | 'noReset' | 'invalid'>
  /** SYNs seen from both sides. Absent: as `tcpNew`. */
  readonly tcpSynSent2?: Knob<number>
  /** A FIN seen; acknowledged. Absent: as `tcpEstablished`. */
  readonly tcpFinWait?: Knob<number>
  readonly tcpCloseWait?: Knob<number>
  /** At most this long after that many repetitions of a segment, or while the last window was closed. Absent: 3, no limit. */
  readonly tcpMostRetransmissions?: Knob<number>
  readonly tcpRetransmitting?: Knob<number>
  /** At most this long while data is unacknowledged. Absent: no limit. */
  readonly tcpUnacknowledged?: Knob<number>
}

/** Values for some of them. */
export type KnobValues = { readonly [K in keyof Knobs]?: NonNullable<Knobs[K]>['value'] }

/** A switch of the system's own, and what it is in knobs: write those in a profile that extends this one. */
export interface Switch {
  /** As the vendor writes it. */
  readonly name: string
  readonly policy?: ExceptionPolicy
  readonly knobs: KnobValues
  readonly mark: Knob<never>['mark']
  readonly source: string
}

/** What is known of a system and recorded; nothing acts on it but `sharingModel`, and what a source names. */
export interface Facts {
  /** How sessions reach another unit. */
  readonly sharing: Readonly<Record<string, Knob<string | number | boolean>>>
  /** What the sharing model of this system acts on: the defaults of its keys, by their names, and what no key changes. */
  readonly sharingModel?: Readonly<Record<string, Knob<string | number | boolean>>>
  /** The load balancer in front of it, beyond what `lb…` knobs say. */
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
