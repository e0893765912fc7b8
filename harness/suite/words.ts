import type { ImpactKind, Injection, Level, PacketClass, PacketExpectation } from '../model/case.ts'
import { Direction, Reason, Verdict } from '../model/codes.ts'
import { LOAD_BALANCER_COUNTERS } from '../model/counters.ts'
import type {
  Generation,
  LoadBalancer,
  Mark,
  Policy,
  PolicyMode,
  ReplicationSharing,
  Setup,
  Sharing,
  StatelessAction,
  Stickiness,
} from '../model/setup.ts'
import type { Owner, StoreState } from '../model/timeline.ts'
import { didYouMean } from '../support/did-you-mean.ts'

/** The closed vocabularies of suites and of the command line, each typed by the model's union. */
export const POLICIES: readonly Policy['exception'][] = ['drop', 'reject', 'continue']
export const GENERATIONS: readonly Generation[] = ['classic', 'next']
export const MODES: readonly PolicyMode[] = ['enforce', 'monitor']
export const RULE_ORDERS: readonly Policy['ruleOrder'][] = ['action', 'strict']
export const SHARINGS: readonly Sharing['kind'][] = [
  'none',
  'replication',
  'cluster',
  'store',
  'sync',
  'snat',
]
export const REPLICATION_MODES: readonly ReplicationSharing['mode'][] = ['snapshot', 'continuous']
export const SWITCHES = ['on', 'off'] as const
export const TUNNELS: readonly Setup['tunnels'][] = ['inner', 'outer']
export const PLACEMENTS: readonly LoadBalancer['placement'][] = ['first', 'hash']
export const NON_SYN_MISSES: readonly LoadBalancer['nonSynMiss'][] = ['forward', 'drop', 'reset']
export const STICKINESSES: readonly Stickiness[] = ['5-tuple', '3-tuple', '2-tuple']
export const ALL_UNHEALTHY: readonly NonNullable<LoadBalancer['allUnhealthy']>[] = ['open', 'closed']
export const FAILOVERS: readonly LoadBalancer['failover'][] = ['rebalance', 'no_rebalance']
export const RESET_TRIGGERS: readonly (keyof LoadBalancer['resetOn'])[] = [
  'idle',
  'unhealthy',
  'deregistration',
]
export const RESETS_ON_EXPIRY: readonly NonNullable<Policy['resetOnExpiry']>[] = ['none', 'client', 'both']
/** AWS Network Firewall, default actions of the strict evaluation order. */
export const DEFAULT_ACTIONS: readonly string[] = ['drop', 'alert'].flatMap((action) =>
  ['strict', 'established', 'established_app_layer', 'established_app_layer_to_server'].map(
    (scope) => `aws:${action}_${scope}`,
  ),
)
/** The verdicts of the stateless engine; every action has one of them. */
export const STATELESS_VERDICTS: readonly StatelessAction['verdict'][] = [
  'aws:pass',
  'aws:drop',
  'aws:forward_to_sfe',
]
export const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const
export const DIRECTIONS = keysOf(Direction)
/** Verdicts that can be expected: all except `undecided`. */
export const VERDICTS = keysOf(Verdict).filter((name) => name !== 'undecided')
export const REASONS = keysOf(Reason).filter((name) => name !== 'none')
export const LEVELS: readonly Level[] = ['core', 'extended', 'provisional']
export const MARKS: readonly Mark[] = ['DOC', 'SRC', 'SEED', 'RUN', 'MEM', 'INF']
export const TOWARDS: readonly NonNullable<PacketExpectation['towards']>[] = [
  'sender',
  'peer',
  'client',
  'server',
  'both',
  'any',
]
export const ENDPOINTS = ['recorded', 'reactive'] as const
export const IMPACTS: readonly ImpactKind[] = ['survived', 'reset', 'hung', 'recovered']
export const CAUSES = ['drain', 'crash', 'unhealthy'] as const
export const DURING = ['outage'] as const
/** The owner of the time-out or table that an injection is about. */
export const OWNERS: readonly Owner[] = ['lb', 'hosts']
export const SCOPES = ['flow', 'topology'] as const
export const STORE_STATES: readonly StoreState[] = ['up', 'down', 'slow', 'full', 'unauthorised']
export const TUPLES = ['same', 'new-port'] as const
export const ENDS = ['client', 'server'] as const
export const INJECTIONS: readonly Injection['kind'][] = [
  'host-swap',
  'idle-gap',
  'asymmetric-path',
  'path-return',
  'store-outage',
  'reconnect',
  'timeout-change',
  'table-full',
  'replication-loss',
  'segment',
  'duplicate',
]
export const PACKET_CLASSES: readonly PacketClass[] = [
  'any',
  'syn',
  'syn-ack',
  'handshake-ack',
  'established',
  'data',
  'ack',
  'keepalive',
  'retransmission',
  'fin',
  'rst',
]
/** Counters under AWS's names: a firewall's own (CloudWatch namespace AWS/NetworkFirewall), then the load balancer's. */
export const COUNTERS: readonly string[] = [
  'ReceivedPackets',
  'ReceivedBytes',
  'PassedPackets',
  'DroppedPackets',
  'RejectedPackets',
  'InvalidDroppedPackets',
  'OtherDroppedPackets',
  'StreamExceptionPolicyPackets',
  'EvictedFlows',
  'RefusedFlows',
  'TLSReceivedPackets',
  'TLSPassedPackets',
  'TLSDroppedPackets',
  'TLSRejectedPackets',
  'TLSErrors',
  // Of the stateless engine (dimension Engine = Stateless), if there is one.
  'Stateless.ReceivedPackets',
  'Stateless.ReceivedBytes',
  'Stateless.PassedPackets',
  'Stateless.DroppedPackets',
  ...LOAD_BALANCER_COUNTERS,
]
/** A counter of a custom action of the stateless engine: the metric Packets with its dimension CustomAction. */
export const CUSTOM_COUNTER = /^Stateless\.Packets\.[a-zA-Z0-9]{1,128}$/

function keysOf<T extends Readonly<Record<string, number>>>(table: T): readonly (keyof T & string)[] {
  return Object.keys(table)
}

/** The word itself, typed, if the vocabulary has it. */
export function asWord<T extends string>(words: readonly T[], text: unknown): T | undefined {
  return words.find((word) => word === text)
}

/** `drop, reject or continue`. */
export function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** `"rejct" is not a policy: write drop, reject or continue. Did you mean "reject"?` */
export function notAWord(text: unknown, noun: string, words: readonly string[]): string {
  return `"${text}" is not ${noun}: write ${listWords(words)}.${didYouMean(String(text), words)}`
}
