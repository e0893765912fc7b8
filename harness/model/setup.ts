/** How session state reaches another host (docs/design.md). */
export type Sharing =
  | { readonly kind: 'none' }
  | ReplicationSharing
  | ClusterSharing
  | SyncSharing
  | { readonly kind: 'snat' }
  | StoreSharing

/** AWS: what is left of a draining host's table is copied to the hosts in service before its flows move (AWS Network Firewall, session state replication). */
export interface ReplicationSharing {
  readonly kind: 'replication'
  /** Only when a host drains, or every change as well, which is not documented. */
  readonly mode: 'snapshot' | 'continuous'
  /** Seconds, as all of these: how long a change takes to the others; mode `continuous`. */
  readonly lag: number
  /** From the deregistration to the export: existing flows stay. */
  readonly drain: number
  /** From the export to the replicas, after which flows are flushed: what changes meanwhile is not in them. */
  readonly transfer: number
}

/** Cisco: every connection of a cluster has an owner, a director who knows it and a backup owner (cdFMC guide, connection roles). */
export interface ClusterSharing {
  readonly kind: 'cluster'
  /** Packets at another node than the owner are sent on to it; if not, they are dropped. */
  readonly redirect: boolean
  /** When an owner fails, the first node that gets a packet goes on with what the backup owner holds; if not, the connection is lost. */
  readonly statefulFailover: boolean
  /** Seconds after which director and backup owner of a TCP connection hear of it. */
  readonly delay: number
  /** Round trip of the cluster control link, in seconds. */
  readonly rtt: number
  /** Owners write themselves into the sequence number of a SYN, where every node can read them in the SYN-ACK. */
  readonly randomSequenceNumber: boolean
  /** Server port of the TLS connections that nodes decrypt, which are reset when their owner fails; absent: none. */
  readonly decrypts?: number
  /** Bytes of the largest IP packet that the cluster control link takes, 154 of them for its own headers; absent: not asked. */
  readonly linkMtu?: number
  /** The same of the interfaces to the load balancer, 306 of them for GENEVE; absent: no GENEVE, and not asked. */
  readonly geneveMtu?: number
}

/** The ways in which a pair keeps its sessions in step: conntrackd, pfsync, Fortinet FGSP, Cisco ASA failover. */
export type SyncWay = 'conntrackd' | 'pfsync' | 'fgsp' | 'asa'

/** A high-availability pair (or more hosts): each host streams its sessions to the others as they change. Times in seconds. */
export interface SyncSharing {
  readonly kind: 'sync'
  readonly way: SyncWay
  /** `active-passive`: one host takes packets, the others stand by. */
  readonly mode: 'active-passive' | 'active-active'
  /** A host tells of a session with each packet, or when its state changes. */
  readonly updates: 'packets' | 'changes'
  /** From a change until the others have it; what is younger when a host crashes is lost. */
  readonly lag: number
  /** Every so-manieth update is lost on its way; 0: none. */
  readonly lose: number
  /** What becomes of an update that was lost: it is sent again, nothing, or the session is told again after `REFRESH_SECONDS`. */
  readonly repair: 'resend' | 'none' | 'refresh'
  /** What comes is kept beside the session table, and only put into it when the host takes over. */
  readonly externalCache: boolean
  /** The first packet of a session is held until the others have the session, for 10 ms at most. */
  readonly defer: boolean
  /** Connections are told of while they are being opened. */
  readonly halfOpen: boolean
  /** Connections to TCP port 80 are told of. */
  readonly http: boolean
  /** What is not TCP is told of. */
  readonly connectionless: boolean
  /** A TCP session is told of once it is this old. */
  readonly pickupDelay: number
  /** Connections that are expected (FTP data) are told of. */
  readonly expectations: boolean
  /** What is told about sequence numbers: all, the scales of windows, or nothing. */
  readonly windows: 'full' | 'scales' | 'none'
  /** Whether numbers that were not told, or are old, are made up for by not checking them; absent: the profile's knob importLiberal. */
  readonly liberal?: boolean
  /** A host that crashed gets all sessions when it is back. */
  readonly resync: boolean
  /** The version that the other hosts speak: an older one tells nothing of sequence numbers, an incompatible one nothing at all. */
  readonly peerVersion: 'same' | 'older' | 'incompatible'
}

/** Palo Alto VM-Series: sessions are written to a Redis, and pulled by whichever host lacks them (session resiliency). Times in seconds. */
export interface StoreSharing {
  readonly kind: 'store'
  /** `host:port` of a Redis that is there, with TLS; absent: one is started. */
  readonly endpoint?: string
  /** Hosts with one name here share sessions, in whichever processes they are; absent: those of this setup alone. */
  readonly group?: string
  /** How long after a change it is in the store. */
  readonly lag: number
  /** How long the store takes to answer, and how long an answer is waited for. */
  readonly latency: number
  readonly timeout: number
}

/** What makes up one flow of the load balancer: its entry, and the hash that places it. */
export type Stickiness = '5-tuple' | '3-tuple' | '2-tuple'

/** How often a host is checked, in seconds, and how many answers in a row change what is thought of it. */
export interface HealthChecks {
  /** 5 … 300. */
  readonly interval: number
  /** 2 … 10 each. */
  readonly unhealthyThreshold: number
  readonly healthyThreshold: number
}

/** Where hosts stand, and whether a client's flows may leave its zone. */
export interface Zones {
  /** By host: the name of its zone. */
  readonly hosts: readonly string[]
  /** The client's. */
  readonly client: string
  readonly crossZone: boolean
}

/** The load balancer's knobs (AWS Gateway Load Balancer guide, listeners and target groups). Times in seconds. */
export interface LoadBalancer {
  /** Where a new flow goes: to the first host in service, or by the symmetric hash of its tuple. */
  readonly placement: 'first' | 'hash'
  /** Absent: 5-tuple, the only one with which `tcpIdle` can be set and resets sent. */
  readonly stickiness?: Stickiness
  /** 60 … 6000. */
  readonly tcpIdle: number
  readonly otherIdle: number
  /** A TCP packet without SYN whose flow is not in the table. */
  readonly nonSynMiss: 'forward' | 'drop' | 'reset'
  /** What becomes of the flows of a host that left, deregistered or unhealthy alike. */
  readonly failover: 'rebalance' | 'no_rebalance'
  /** Answer a packet for an expired flow, or for a host that is unhealthy or deregistered, with a reset. Off by default. */
  readonly resetOn: { readonly idle: boolean; readonly unhealthy: boolean; readonly deregistration: boolean }
  /** Entries that the flow table holds; absent: as many flows as flowbreak tells apart. */
  readonly capacity?: number
  /** Absent: the profile's default, which only what happens `during: outage` has to wait for. */
  readonly health?: HealthChecks
  /** 0 … 3600, how long a deregistered host keeps its flows `during: outage`; absent: the profile's default. */
  readonly deregistrationDelay?: number
  /** Absent: all in one. */
  readonly zones?: Zones
  /** New flows when no host that they may go to is healthy: to the unhealthy ones, or nowhere. Absent: open. */
  readonly allUnhealthy?: 'open' | 'closed'
  /** Bytes of the largest IP packet that is taken; absent: not asked, as captures of hosts hold packets that no wire carried. */
  readonly mtu?: number
  /** The same of the hosts' own interfaces, in GENEVE: a packet may have 68 bytes less. */
  readonly hostMtu?: number
  /** How long the hosts' network interfaces themselves track idle TCP; absent: longer than the load balancer ever does. */
  readonly hostTcpEstablished?: number
}

export interface Topology {
  /** `fw-a`, `fw-b`, …: 1 … 250 of them. */
  readonly hosts: readonly string[]
  readonly loadBalancer: LoadBalancer
  readonly sharing: Sharing
}

export type ExceptionPolicy = 'drop' | 'reject' | 'continue'

/** Kinds of policy of AWS Network Firewall: classic, and Next Generation (developer guide, stream exception policy v2). */
export type Generation = 'classic' | 'next'
/** Of Next Generation policies; in monitor mode the exception policy is not applied, `continue` is. */
export type PolicyMode = 'enforce' | 'monitor'

/** The stream exception policy and what stands round it (AWS Network Firewall developer guide). */
export interface Policy {
  /** As configured; what applies is `continue` in monitor mode. */
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

/** What a packet must have for a stateless rule (API reference, MatchAttributes); an empty list matches everything. */
export interface StatelessMatch {
  /** CIDR blocks of either family, or addresses. */
  readonly sources: readonly string[]
  readonly destinations: readonly string[]
  /** First and last, 0 … 65535; only looked at in TCP and UDP. */
  readonly sourcePorts: readonly (readonly [number, number])[]
  readonly destinationPorts: readonly (readonly [number, number])[]
  /** IP protocol numbers. */
  readonly protocols: readonly number[]
  /** Of the `masks` exactly `flags` are set, as bits of the TCP flags byte; any of these will do; only looked at in TCP. */
  readonly flags: readonly { readonly flags: number; readonly masks: number }[]
}

export interface StatelessRule {
  /** 1 … 65535, each once; the lowest that matches decides. */
  readonly priority: number
  readonly action: StatelessAction
  readonly match: StatelessMatch
}

/** The stateless engine before the stateful one. */
export interface Stateless {
  /** By priority. */
  readonly rules: readonly StatelessRule[]
  /** What becomes of a packet that no rule matches, and of a fragment of UDP; fragments of all else are dropped. */
  readonly fallback: StatelessAction
  readonly fragmentFallback: StatelessAction
}

/** Topology + policy + profile + rules. Cases with one key can share a device. */
export interface Setup {
  /** A digest of the rest: equal keys, equal setups. */
  readonly key: string
  readonly topology: Topology
  readonly policy: Policy
  /** Name of a profile (`aws-nfw`, `suricata-7`), or of `ownProfile`. */
  readonly profile: string
  /** Whether captures are read, and their packets judged, by the flows in tunnels. */
  readonly tunnels: 'inner' | 'outer'
  readonly ownProfile?: OwnProfile
  /** Rules in Suricata's language, in order. */
  readonly rules: readonly string[]
  /** Absent: everything is forwarded to the stateful engine. */
  readonly stateless?: Stateless
}

/** Provenance of a fact (docs/authoring.md): documentation, source, source document, observed, memory, inference. */
export type Mark = 'DOC' | 'SRC' | 'SEED' | 'RUN' | 'MEM' | 'INF'

/** One setting of a real system, and where it is known from. */
export interface Knob<T> {
  readonly value: T
  readonly mark: Mark
  readonly source: string
}

export type KnobValue = string | number | boolean | readonly string[]

/** A profile of one's own: what it changes of a known one. */
export interface OwnProfile {
  readonly name: string
  /** Name of the profile that it is made from. */
  readonly extends: string
  readonly product?: string
  readonly title?: string
  /** Held against the table of knobs by whoever read it. */
  readonly knobs: Readonly<Record<string, Knob<KnobValue>>>
}
