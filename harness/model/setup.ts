/** How session state reaches another host (docs/design.md). */
export type Sharing =
  | { readonly kind: 'none' }
  /** AWS: the table of a draining host is copied to the hosts in service before its flows move (AWS Network Firewall, session state replication). */
  | { readonly kind: 'replication' }

/** The load balancer's knobs (AWS Gateway Load Balancer guide, listeners and target groups). Times in seconds. */
export interface LoadBalancer {
  /** Where a new flow goes: to the first host in service, or by the symmetric hash of its tuple. */
  readonly placement: 'first' | 'hash'
  /** 60 … 6000. */
  readonly tcpIdle: number
  readonly otherIdle: number
  /** A TCP packet without SYN whose flow is not in the table. */
  readonly nonSynMiss: 'forward' | 'drop' | 'reset'
  /** What becomes of the flows of a host that left. */
  readonly failover: 'rebalance' | 'no_rebalance'
  /** Answer a packet for an expired flow, or for a host that is unhealthy or deregistered, with a reset. Off by default. */
  readonly resetOn: { readonly idle: boolean; readonly unhealthy: boolean; readonly deregistration: boolean }
}

export interface Topology {
  /** `fw-a`, `fw-b`, …: 1 … 250 of them. */
  readonly hosts: readonly string[]
  readonly loadBalancer: LoadBalancer
  readonly sharing: Sharing
}

export type ExceptionPolicy = 'drop' | 'reject' | 'continue'

/** The stream exception policy and what stands round it (AWS Network Firewall developer guide). */
export interface Policy {
  readonly exception: ExceptionPolicy
  readonly ruleOrder: 'action' | 'strict'
  /** `aws:drop_strict`, `aws:drop_established`, … ; strict order only. */
  readonly defaultActions: readonly string[]
  /** Overrides the profile's TCP idle time-out; seconds, 60 … 6000. */
  readonly tcpIdle?: number
}

/** Topology + policy + profile + rules. Cases with one key can share a device. */
export interface Setup {
  /** A digest of the rest: equal keys, equal setups. */
  readonly key: string
  readonly topology: Topology
  readonly policy: Policy
  /** Name of a profile (`aws-nfw`, `suricata-7`). */
  readonly profile: string
  /** Whether captures are read, and their packets judged, by the flows in tunnels. */
  readonly tunnels: 'inner' | 'outer'
  /** Rules in Suricata's language, in order. */
  readonly rules: readonly string[]
}

/** Provenance of a fact (docs/authoring.md): documentation, source, source document, observed, memory, inference. */
export type Mark = 'DOC' | 'SRC' | 'SEED' | 'RUN' | 'MEM' | 'INF'

/** One engine setting of a real system, and where it is known from. */
export interface Knob<T> {
  readonly value: T
  readonly mark: Mark
  readonly source: string
}
