import type { Addresses } from './addresses.ts'
import type { Content } from './content.ts'
import type { FlagMatch } from './flag-match.ts'
import type { FlowbitMatch } from './flowbits.ts'
import type { Ports } from './ports.ts'

export type RuleAction = 'pass' | 'drop' | 'reject' | 'alert'
/** `tcp-pkt` and `tcp-stream`: content is looked for in single segments, or in the stream, only. */
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
  /** State of the flow before the packet; undefined with `stateless` or a direction alone. */
  readonly established: boolean | undefined
  readonly stateless: boolean
  readonly toServer: boolean | undefined
}

/** A sticky buffer and the contents that it must hold, in this order. */
export interface BufferMatch {
  /** A `Buffer` code of the application layer. */
  readonly buffer: number
  readonly contents: readonly Content[]
}

/** A rule as it was read. Undefined parts match everything. */
export interface Rule {
  readonly action: RuleAction
  readonly protocol: RuleProtocol
  readonly source: Addresses
  readonly sourcePorts: Ports | undefined
  readonly destination: Addresses
  readonly destinationPorts: Ports | undefined
  /** `<>`: either way round. */
  readonly bothWays: boolean
  readonly flags: readonly FlagMatch[]
  readonly flow: FlowMatch | undefined
  readonly flowbits: readonly FlowbitMatch[]
  /** Contents of the payload or the stream. */
  readonly contents: readonly Content[]
  readonly buffers: readonly BufferMatch[]
  readonly noalert: boolean
  /** 1: first. */
  readonly priority: number
  readonly sid: number
  readonly rev: number
  readonly msg: string
  /** Description of the classtype, empty without one. */
  readonly category: string
}
