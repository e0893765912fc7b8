import type { Nanos } from './batch.ts'
import type { DirectionName, ReasonName, VerdictName } from './codes.ts'
import type { Transparency } from './fields.ts'
import type { Mark, Setup } from './setup.ts'
import type { Owner, StoreState } from './timeline.ts'

/** What a packet is within its flow. A position names the packet *before* which something happens. */
export type PacketClass =
  | 'any'
  | 'syn'
  | 'syn-ack'
  /** The pure ACK that completes the opening. */
  | 'handshake-ack'
  /** The first packet after the opening was completed, whatever it is. */
  | 'established'
  | 'data'
  /** ACK without data that is neither the end of the opening nor a keepalive. */
  | 'ack'
  | 'keepalive'
  | 'retransmission'
  | 'fin'
  | 'rst'

/** Where an injection happens: just before the packet that it names is offered. */
export type Position =
  | { readonly packet: number }
  /** At a time of the capture: before the first packet whose recorded time is not earlier. */
  | { readonly time: Nanos }
  /** Before the nth (from 1) packet of that class in the flow under test, in one direction if given. */
  | { readonly before: PacketClass; readonly direction?: DirectionName; readonly nth: number }

interface InjectionBase {
  /** `host-swap`, or `host-swap#2` for the second of its kind in a case: the name of the phase that it begins. */
  readonly label: string
  readonly at: Position
}

export type Injection = InjectionBase &
  (
    | {
        readonly kind: 'host-swap'
        /** `unhealthy`: it fails its health checks, although it still forwards. */
        readonly cause: 'drain' | 'crash' | 'unhealthy'
        /** The host that leaves; absent: the one that serves the flow under test. */
        readonly host?: string
        /** Packets go on at once; absent: they go on after health checks have noticed and delays have ended. */
        readonly during?: 'outage'
        /** `during: outage`: how long after the swap the flows of drained hosts are flushed, whatever their delay. */
        readonly flush?: Nanos
        /** `during: outage`: how long after the swap the host is back. */
        readonly back?: Nanos
      }
    | {
        readonly kind: 'idle-gap'
        /** The silence before the packet lasts exactly this long; never shorter than recorded. */
        readonly gap: Nanos
        /** Keepalive probes during the gap, each answered. */
        readonly keepalive?: { readonly every: Nanos; readonly from: 'client' | 'server' }
        /** Whether only the flow of the packet is silent, or everything. */
        readonly scope: 'flow' | 'topology'
      }
    | {
        readonly kind: 'asymmetric-path'
        readonly direction: DirectionName
        /** A host by name, or `bypass`. */
        readonly to: string
        readonly scope: 'flow' | 'topology'
      }
    /** Undoes swaps and asymmetric paths: the host is back in service, and flows go where they went at first. */
    | { readonly kind: 'path-return' }
    /** The new state of the session store; for sharing `store` only. */
    | { readonly kind: 'store-outage'; readonly state: StoreState }
    | {
        readonly kind: 'reconnect'
        readonly tuple: 'same' | 'new-port'
        /** How long after the position the client opens again. */
        readonly delay: Nanos
        /** Only if the flow's packet just before the position got one of these verdicts. */
        readonly when?: readonly VerdictName[]
        /** Recorded packets of the flow that are replayed on the new connection; absent: all. */
        readonly packets?: number
      }
    /** One packet that was not recorded, made from the flow's numbers at that point. */
    | {
        readonly kind: 'segment'
        readonly direction: DirectionName
        /** TCP flags as letters of FSRPAUEC: `SA`, `F`, `` (none). */
        readonly flags: string
        /** Added to the next sequence number that the sender would use. */
        readonly seq: number
        /** Added to the acknowledgement number that the sender would use. */
        readonly ack: number
        /** Payload bytes. */
        readonly length: number
        /** Added to the sender's last TCP timestamp, if the flow has timestamps; milliseconds. */
        readonly timestamp: number
      }
    /** An idle time-out is changed. */
    | {
        readonly kind: 'timeout-change'
        readonly scope: Owner
        /** Seconds. */
        readonly tcpIdle: number
      }
    /** Other flows fill a flow table. */
    | {
        readonly kind: 'table-full'
        readonly scope: Owner
        /** How long they stay; absent: to the end. */
        readonly lasts?: Nanos
      }
    /** From here on sessions do not reach other hosts: that of the flow under test, or all. */
    | { readonly kind: 'replication-loss'; readonly scope: 'flow' | 'topology' }
    /** The last packet of that direction before the position, sent once more byte for byte. */
    | { readonly kind: 'duplicate'; readonly direction: DirectionName }
  )

export type Level = 'core' | 'extended' | 'provisional'

/** What every expectation has. */
export interface Standing {
  readonly level: Level
  readonly provenance: Provenance
  /** A proposal that nobody has looked at: always provisional. */
  readonly unreviewed?: true
}

/** The source of an expectation. */
export interface Provenance {
  readonly mark: Mark
  readonly where: string
}

/** What must have been observed of the probe packets of one phase (and direction). */
export interface PacketExpectation extends Standing {
  readonly kind: 'packets'
  /** `before`, `after host-swap`, `reconnect`, … */
  readonly phase: string
  readonly direction?: DirectionName
  /** Which packets: every one, only the first, all but the first, or one by its number in the capture. */
  readonly which: 'all' | 'first' | 'rest' | number
  readonly conforms: readonly VerdictName[]
  readonly tolerated: readonly VerdictName[]
  readonly towards?: 'sender' | 'peer' | 'client' | 'server' | 'both' | 'any'
  readonly by?: string
  readonly reason?: ReasonName
  /** Hosts and what they did with the packet, `fw-b forwarder`: each must have been observed. */
  readonly parts?: readonly string[]
}

/** A counter's growth over the case, summed over hosts unless one is named. */
export interface CounterExpectation extends Standing {
  readonly kind: 'counter'
  readonly counter: string
  readonly host?: string
  readonly equals: number
}

/** How many resets an end of the flow under test gets because a session expired, not because of a packet. */
export interface ExpiryExpectation extends Standing {
  readonly kind: 'expiry-resets'
  readonly to: 'client' | 'server'
  readonly equals: number
}

/** With reactive endpoints: what the user of the connection felt. */
export interface ImpactExpectation extends Standing {
  readonly kind: 'impact'
  readonly conforms: readonly ImpactKind[]
}
export type ImpactKind = 'survived' | 'reset' | 'hung' | 'recovered'
export interface Impact {
  readonly kind: ImpactKind
  /** Nanoseconds from the first injection to the reset, to giving up, or to the recovery; 0 for survived. */
  readonly after: Nanos
  /** The end that felt it first. */
  readonly end?: 'client' | 'server'
}

/** Packets must come out with these fields unaltered, keys of `UNALTERED`. */
export interface UnalteredExpectation extends Standing {
  readonly kind: 'unaltered'
  readonly fields: readonly string[]
}

export type Expectation =
  | PacketExpectation
  | CounterExpectation
  | ExpiryExpectation
  | ImpactExpectation
  | UnalteredExpectation

/** Capture + setup + injections + expectations: one thing to show. */
export interface Case {
  /** A path with axes: `aws-network-firewall/host-swap/policy:reject/family:ipv6`. */
  readonly name: string
  /** The suite's own name: the first components of `name`. */
  readonly suite: string
  readonly file: string
  readonly line: number
  /** Ids of the rows of the decision tables that it shows: `10.1/fin`. */
  readonly rows: readonly string[]
  readonly tags: readonly string[]
  /** One sentence. */
  readonly requirement: string
  readonly axes: Readonly<Record<string, string>>
  /** Absolute path of the capture. */
  readonly capture: string
  /** Flow under test, dense from 0 in the capture; -1: every flow is. */
  readonly flow: number
  readonly endpoints: 'recorded' | 'reactive'
  readonly setup: Setup
  readonly injections: readonly Injection[]
  /** Absent: the run or the target decides. */
  readonly transparency?: Transparency
  readonly expectations: readonly Expectation[]
}
