import type { SetupInput } from '../../suite/setup/input.ts'

/** The setups that probes are played in, over the profile that the target is brought to. */
export const SETUPS = {
  drop: { policy: 'drop' },
  reject: { policy: 'reject' },
  continue: { policy: 'continue' },
  idle: { policy: 'drop', 'tcp-idle': '60s' },
  /** What a server sends first is dropped, whatever its protocol: so it is told whether its flow is known. */
  answers: { policy: 'drop', rules: ['drop ip 198.19.0.0/16 any -> any any (flow:to_server; sid:1;)'] },
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
  established: { policy: 'drop', rules: ['drop ip 198.19.0.0/16 any -> any any (flow:established; sid:1;)'] },
  pickedUp: {
    policy: 'continue',
    rules: ['drop ip 198.19.0.0/16 any -> any any (flow:established; sid:1;)'],
  },
  /** Whatever goes to servers is dropped. */
  blocked: { policy: 'drop', rules: ['drop ip any any -> 198.19.0.0/16 any (sid:1;)'] },
  passed: {
    policy: 'drop',
    rules: [
      'pass tcp any any -> any 7007 (flags:S; sid:1;)',
      'drop tcp any any -> any 7007 (flags:PA; sid:2;)',
    ],
  },
  copied: { policy: 'reject', hosts: 2, sharing: 'replication' },
  replicated: { policy: 'drop', hosts: 2, sharing: 'replication' },
} as const satisfies Record<string, SetupInput>
export type SetupName = keyof typeof SETUPS

/** One experiment: packets of one flow, and what may happen between them. */
export interface Probe {
  readonly name: string
  readonly setup: SetupName
  /** See `parseProbe`. */
  readonly script: string
  /** Holds an event of a host: played by itself. */
  readonly alone?: true
}

/** What came of one probe: a word a packet, and what hosts sent on their own; undefined: a verdict of it could not be told. */
export type Answer = string | undefined
