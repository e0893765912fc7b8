import type { ExceptionPolicy } from '../../model/setup.ts'
import type { SetupInput } from '../../suite/setup/input.ts'

/** Where the servers of probes are: what rules are about, so that they stop no control. */
const PROBE_SERVERS = '198.19.64.0/18'
const TUNNEL_SERVERS = '198.19.128.0/18'

/** The setups that probes are played in, over the profile that the target is brought to. */
export const SETUPS = {
  drop: { policy: 'drop' },
  reject: { policy: 'reject' },
  continue: { policy: 'continue' },
  idle: { policy: 'drop', 'tcp-idle': '60s' },
  /** What a server sends first is dropped, whatever its protocol: so it is told whether its flow is known. */
  answers: { policy: 'drop', rules: [`drop ip ${PROBE_SERVERS} any -> any any (flow:to_server; sid:1;)`] },
  /** A datagram to that port is dropped. */
  datagram: { policy: 'drop', rules: ['drop udp any any -> any 7007 (sid:1;)'] },
  refused: { policy: 'drop', rules: ['reject udp any any -> any 7007 (sid:1;)'] },
  both: {
    policy: 'drop',
    rules: [
      'drop tcp any any -> any 7007 (flags:S; sid:1;)',
      'reject tcp any any -> any 7007 (flags:S; sid:2;)',
    ],
  },
  /** What a server sends is dropped once its flow is established. */
  established: {
    policy: 'drop',
    rules: [`drop ip ${PROBE_SERVERS} any -> any any (flow:established; sid:1;)`],
  },
  pickedUp: {
    policy: 'continue',
    rules: [`drop ip ${PROBE_SERVERS} any -> any any (flow:established; sid:1;)`],
  },
  /** Whatever goes to servers is dropped. */
  blocked: { policy: 'drop', rules: [`drop ip any any -> ${PROBE_SERVERS} any (sid:1;)`] },
  passed: {
    policy: 'drop',
    rules: [
      'pass tcp any any -> any 7007 (flags:S; sid:1;)',
      'drop tcp any any -> any 7007 (flags:PA; sid:2;)',
    ],
  },
  /** Tunnels are looked into, whatever the profile says of itself. */
  inside: { policy: 'drop', tunnels: 'inner' },
  /** And tunnels to the servers' ends are dropped, but not the controls that have drawn their addresses there. */
  carriers: {
    policy: 'drop',
    tunnels: 'inner',
    rules: [
      `pass tcp any any -> ${TUNNEL_SERVERS} any (sid:1;)`,
      `pass udp any any -> ${TUNNEL_SERVERS} any (sid:2;)`,
      `drop ip any any -> ${TUNNEL_SERVERS} any (sid:3;)`,
    ],
  },
  /** A connection that another one has announced is dropped: it belongs to what is established. */
  announced: {
    policy: 'drop',
    rules: [`drop tcp any any -> ${PROBE_SERVERS} 5007 (flow:established; sid:1;)`],
  },
  copied: { policy: 'reject', hosts: 2, sharing: 'replication' },
  replicated: { policy: 'drop', hosts: 2, sharing: 'replication' },
  /** What servers send is dropped where their connection is known to speak HTTP. */
  requested: {
    policy: 'drop',
    hosts: 2,
    sharing: 'replication',
    rules: [`drop http ${PROBE_SERVERS} any -> any any (sid:1;)`],
  },
  /** Two hosts that tell each other of their sessions as these come and go. */
  synced: {
    policy: 'drop',
    hosts: 2,
    sharing: 'sync:way=conntrackd,mode=active-active,external-cache=false',
  },
} as const satisfies Record<string, SetupInput>
export type SetupName = keyof typeof SETUPS

/** What stands for a setup on a target: `base` takes the place of policy drop where it cannot be brought to that. */
export function setupInputFor(name: SetupName, base: ExceptionPolicy): SetupInput {
  const input = SETUPS[name]
  return input.policy === 'drop' ? { ...input, policy: base } : input
}

/** The policy in the place of drop, of a target that can be brought to these. */
export function basePolicyOf(policies: readonly ExceptionPolicy[]): ExceptionPolicy {
  return policies.includes('drop') ? 'drop' : (policies[0] ?? 'drop')
}

/** One experiment: packets of one flow, and what may happen between them. */
export interface Probe {
  readonly name: string
  readonly setup: SetupName
  /** See `parseProbe`. */
  readonly script: string
  /** Holds an event of a host: played by itself. */
  readonly alone?: true
  /** A fraction of a second more would be answered otherwise. */
  readonly exact?: true
  /** How long it really waited is looked at: it may be anything. */
  readonly measured?: true
}

/** What came of one probe: a word a packet, and what hosts sent on their own; undefined: a verdict of it could not be told. */
export type Answer = string | undefined
