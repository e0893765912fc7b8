import type { Addresses } from './addresses.ts'
import type { Content } from './content.ts'
import type { FlagMatch } from './flag-match.ts'
import type { FlowbitMatch } from './flowbits.ts'
import type { Ports } from './ports.ts'

export type RuleAction = 'pass' | 'drop' | 'reject' | 'alert'
/** `tcp-pkt` and `tcp-stream`: content is searched in single segments only, or in the stream only. */
export type RuleProtocol =
  | 'ip'
  | 'tcp'
  | 'tcp-pkt'
  | 'tcp-stream'
  | 'udp'
  | 'icmp'
  | 'http'
  | 'tls'
  | 'ssh'
  | 'dns'

/** Keyword `flow`. */
export interface FlowMatch {
  /** State of the flow before the packet; undefined with `stateless` or with only a direction. */
  readonly established: boolean | undefined
  readonly stateless: boolean
  readonly toServer: boolean | undefined
}

/** A sticky buffer and the contents that it must contain, in this order. */
export interface BufferMatch {
  /** A `Buffer` code of the application layer. */
  readonly buffer: number
  readonly contents: readonly Content[]
}

/** A parsed rule. Undefined parts match everything. */
export interface Rule {
  readonly action: RuleAction
  readonly protocol: RuleProtocol
  readonly source: Addresses
  readonly sourcePorts: Ports | undefined
  readonly destination: Addresses
  readonly destinationPorts: Ports | undefined
  /** `<>`: both directions. */
  readonly bothWays: boolean
  readonly flags: readonly FlagMatch[]
  readonly flow: FlowMatch | undefined
  readonly flowbits: readonly FlowbitMatch[]
  /** Contents of the payload or the stream. */
  readonly contents: readonly Content[]
  readonly buffers: readonly BufferMatch[]
  readonly noalert: boolean
  /** 1: highest. */
  readonly priority: number
  readonly sid: number
  readonly rev: number
  readonly msg: string
  /** Description of the classtype, empty without one. */
  readonly category: string
}
