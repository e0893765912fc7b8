/** How session state reaches another host (docs/design.md). */
export type Sharing =
  | { readonly kind: 'none' }
  | ReplicationSharing
  | ClusterSharing
  | SyncSharing
  | { readonly kind: 'snat' }
  | StoreSharing

/** AWS: the rest of a draining host's table is copied to the hosts in service before its flows move (AWS Network Firewall, session state replication). */
export interface ReplicationSharing {
  readonly kind: 'replication'
  /** Sessions are copied only when a host drains, or every change as well, which is not documented. */
  readonly mode: 'snapshot' | 'continuous'
  /** Seconds, like all of these: how long a change takes to reach the others; mode `continuous`. */
  readonly lag: number
  /** From the deregistration to the export; existing flows stay. */
  readonly drain: number
  /** From the export until the replicas have arrived, when flows are flushed; changes in between are not in them. */
  readonly transfer: number
}

/** Cisco: every connection of a cluster has an owner, a director that knows the owner, and a backup owner (cdFMC guide, connection roles). */
export interface ClusterSharing {
  readonly kind: 'cluster'
  /** Packets that reach a node other than the owner are forwarded to the owner; if false, they are dropped. */
  readonly redirect: boolean
  /** When an owner fails, the first node that gets a packet goes on with the backup owner's state; if false, the connection is lost. */
  readonly statefulFailover: boolean
  /** Seconds until director and backup owner learn of a TCP connection. */
  readonly delay: number
  /** Round trip of the cluster control link, in seconds. */
  readonly rtt: number
  /** Owners write their identity into the sequence number of a SYN, so that every node can read it in the SYN-ACK. */
  readonly randomSequenceNumber: boolean
  /** The server port of TLS connections that nodes decrypt; these are reset when their owner fails. Absent: none. */
  readonly decrypts?: number
  /** The largest IP packet, in bytes, on the cluster control link, 154 of them for its own headers; absent: not checked. */
  readonly linkMtu?: number
  /** The same for the interfaces to the load balancer, 306 of them for GENEVE; absent: no GENEVE, and not checked. */
  readonly geneveMtu?: number
}

/** The ways in which a pair synchronises its sessions: conntrackd, pfsync, Fortinet FGSP, Cisco ASA failover. */
export type SyncWay = 'conntrackd' | 'pfsync' | 'fgsp' | 'asa'

/** A high-availability pair (or more hosts): each host streams its sessions to the others as they change. Times in seconds. */
export interface SyncSharing {
  readonly kind: 'sync'
  readonly way: SyncWay
  /** `active-passive`: one host takes packets, the others stand by. */
  readonly mode: 'active-passive' | 'active-active'
  /** When a host sends an update about a session: with each packet, or when its state changes. */
  readonly updates: 'packets' | 'changes'
  /** From a change until the others have it; a younger change is lost when a host crashes. */
  readonly lag: number
  /** Every nth update is lost on its way, n being this number; 0: none. */
  readonly lose: number
  /** What follows the loss of an update: it is sent again, nothing happens, or the session is sent again after `REFRESH_SECONDS`. */
  readonly repair: 'resend' | 'none' | 'refresh'
  /** Updates are kept beside the session table, and put into it only when the host takes over. */
  readonly externalCache: boolean
  /** The first packet of a session is held until the others have the session, for 10 ms at most. */
  readonly defer: boolean
  /** Connections are shared while they are being opened. */
  readonly halfOpen: boolean
  /** Connections to TCP port 80 are shared. */
  readonly http: boolean
  /** Protocols other than TCP are shared. */
  readonly connectionless: boolean
  /** A TCP session is shared once it is this old. */
  readonly pickupDelay: number
  /** Expected connections (FTP data) are shared. */
  readonly expectations: boolean
  /** What updates say about sequence numbers: all, the scales of windows, or nothing. */
  readonly windows: 'full' | 'scales' | 'none'
  /** Whether unknown or old sequence numbers are not checked; absent: the profile's knob importLiberal. */
  readonly liberal?: boolean
  /** A host that crashed gets all sessions when it returns. */
  readonly resync: boolean
  /** The version of the other hosts: with an older one no sequence numbers are shared, with an incompatible one nothing. */
  readonly peerVersion: 'same' | 'older' | 'incompatible'
}

/** Palo Alto VM-Series: sessions are written to a Redis, and pulled by whichever host lacks them (session resiliency). Times in seconds. */
export interface StoreSharing {
  readonly kind: 'store'
  /** `host:port` of an existing Redis, with TLS; absent: one is started. */
  readonly endpoint?: string
  /** Hosts with the same group share sessions, also between processes; absent: only those of this setup do. */
  readonly group?: string
  /** How long it takes until a change is in the store. */
  readonly lag: number
  /** How long the store takes to answer, and how long a host waits for an answer. */
  readonly latency: number
  readonly timeout: number
}

/** Which fields make up a flow at the load balancer, for its entry and for the hash that places it. */
export type Stickiness = '5-tuple' | '3-tuple' | '2-tuple'

/** How often a host is checked, in seconds, and how many equal results in a row change its state. */
export interface HealthChecks {
  /** 5 … 300. */
  readonly interval: number
  /** 2 … 10 each. */
  readonly unhealthyThreshold: number
  readonly healthyThreshold: number
}

/** Where hosts stand, and whether a client's flows may leave its zone. */
export interface Zones {
  /** The zone of each host, by name. */
  readonly hosts: readonly string[]
  /** The client's zone. */
  readonly client: string
  readonly crossZone: boolean
}

/** The load balancer's knobs (AWS Gateway Load Balancer guide, listeners and target groups). Times in seconds. */
export interface LoadBalancer {
  /** Where a new flow goes: to the first host in service, or by a symmetric hash of its tuple. */
  readonly placement: 'first' | 'hash'
  /** Absent: 5-tuple, the only one with which `tcpIdle` can be changed and resets sent. */
  readonly stickiness?: Stickiness
  /** 60 … 6000. */
  readonly tcpIdle: number
  readonly otherIdle: number
  /** What happens to a TCP packet without SYN whose flow is not in the table. */
  readonly nonSynMiss: 'forward' | 'drop' | 'reset'
  /** What happens to the flows of a host that left, deregistered or unhealthy alike. */
  readonly failover: 'rebalance' | 'no_rebalance'
  /** Answer a packet for an expired flow, or for a host that is unhealthy or deregistered, with a reset. Off by default. */
  readonly resetOn: { readonly idle: boolean; readonly unhealthy: boolean; readonly deregistration: boolean }
  /** How many entries the flow table holds; absent: as many flows as flowbreak can tell apart. */
  readonly capacity?: number
  /** Absent: the profile's default. Only injections `during: outage` wait for them. */
  readonly health?: HealthChecks
  /** 0 … 3600, how long a deregistered host keeps its flows `during: outage`; absent: the profile's default. */
  readonly deregistrationDelay?: number
  /** Absent: all are in one. */
  readonly zones?: Zones
  /** Where new flows go if no host that they may go to is healthy: to an unhealthy one (`open`), or nowhere. Absent: open. */
  readonly allUnhealthy?: 'open' | 'closed'
  /** The largest IP packet that is taken, in bytes; absent: not checked, because captures from hosts hold packets larger than any on the wire. */
  readonly mtu?: number
  /** The same for the hosts' own interfaces, with GENEVE: a packet may have 68 bytes less. */
  readonly hostMtu?: number
  /** How long the hosts' network interfaces themselves track idle TCP connections, in seconds; absent: longer than the load balancer ever does. */
  readonly hostTcpEstablished?: number
}

export interface Topology {
  /** `fw-a`, `fw-b`, …, 1 to 250 of them. */
  readonly hosts: readonly string[]
  readonly loadBalancer: LoadBalancer
  readonly sharing: Sharing
}

export type ExceptionPolicy = 'drop' | 'reject' | 'continue'

/** Kinds of policy of AWS Network Firewall: classic, and Next Generation (developer guide, stream exception policy v2). */
export type Generation = 'classic' | 'next'
/** The mode of a Next Generation policy; in monitor mode `continue` applies instead of the exception policy. */
export type PolicyMode = 'enforce' | 'monitor'

/** The stream exception policy and the settings that belong to it (AWS Network Firewall developer guide). */
export interface Policy {
  /** As configured; in monitor mode `continue` applies instead. */
  readonly exception: ExceptionPolicy
  /** Absent: classic. */
  readonly generation?: Generation
  /** Absent: enforce. */
  readonly mode?: PolicyMode
  readonly ruleOrder: 'action' | 'strict'
  /** `aws:drop_strict`, `aws:drop_established`, … ; strict order only. */
  readonly defaultActions: readonly string[]
  /** Overrides the profile's TCP idle time-out; seconds, 60 … 6000. */
  readonly tcpIdle?: number
  /** Overrides the profile's knob of that name. */
  readonly resetOnExpiry?: 'none' | 'client' | 'both'
}

/** What a stateless rule or default does with a packet (AWS Network Firewall API reference, StatelessRule, RuleDefinition). */
export interface StatelessAction {
  readonly verdict: 'aws:pass' | 'aws:drop' | 'aws:forward_to_sfe'
  /** Names of custom actions that count the packet. */
  readonly customs: readonly string[]
}

/** What a packet must have to match a stateless rule (API reference, MatchAttributes); an empty list matches everything. */
export interface StatelessMatch {
  /** CIDR blocks of either family, or addresses. */
  readonly sources: readonly string[]
  readonly destinations: readonly string[]
  /** First and last port, 0 … 65535; checked in TCP and UDP only. */
  readonly sourcePorts: readonly (readonly [number, number])[]
  readonly destinationPorts: readonly (readonly [number, number])[]
  /** IP protocol numbers. */
  readonly protocols: readonly number[]
  /** Of the `masks` exactly `flags` are set, as bits of the TCP flags byte; any entry may match; checked in TCP only. */
  readonly flags: readonly { readonly flags: number; readonly masks: number }[]
}

export interface StatelessRule {
  /** 1 … 65535, unique; the lowest that matches decides. */
  readonly priority: number
  readonly action: StatelessAction
  readonly match: StatelessMatch
}

/** The stateless engine in front of the stateful one. */
export interface Stateless {
  /** By priority. */
  readonly rules: readonly StatelessRule[]
  /** What happens to a packet, and to a UDP fragment, that no rule matches; other fragments are dropped. */
  readonly fallback: StatelessAction
  readonly fragmentFallback: StatelessAction
}

/** Topology + policy + profile + rules. Cases with the same key can share a device. */
export interface Setup {
  /** A digest of everything else: equal keys mean equal setups. */
  readonly key: string
  readonly topology: Topology
  readonly policy: Policy
  /** Name of a profile (`aws-nfw`, `suricata-7`), or of `ownProfile`. */
  readonly profile: string
  /** Whether captures are read, and packets judged, by the flows inside tunnels. */
  readonly tunnels: 'inner' | 'outer'
  readonly ownProfile?: OwnProfile
  /** Rules in Suricata's language, in order. */
  readonly rules: readonly string[]
  /** Absent: everything is forwarded to the stateful engine. */
  readonly stateless?: Stateless
}

/** Provenance of a fact (docs/authoring.md): documentation, source, source document, observed, memory, inference. */
export type Mark = 'DOC' | 'SRC' | 'SEED' | 'RUN' | 'MEM' | 'INF'

/** One setting of a real system, and its source. */
export interface Knob<T> {
  readonly value: T
  readonly mark: Mark
  readonly source: string
}

export type KnobValue = string | number | boolean | readonly string[]

/** A user's own profile: how it differs from a shipped one. */
export interface OwnProfile {
  readonly name: string
  /** Name of the shipped profile that it extends. */
  readonly extends: string
  readonly product?: string
  readonly title?: string
  /** Checked against the table of knobs when the profile was read. */
  readonly knobs: Readonly<Record<string, Knob<KnobValue>>>
}
