import type { Addresses } from './addresses.ts'
import type { FlagMatch } from './flag-match.ts'
import type { Ports } from './ports.ts'

export type RuleAction = 'pass' | 'drop' | 'reject' | 'alert'

/** A rule as it was read. Undefined parts match everything. */
export interface Rule {
  readonly action: RuleAction
  readonly protocol: 'ip' | 'tcp' | 'udp' | 'icmp'
  readonly source: Addresses
  readonly sourcePorts: Ports | undefined
  readonly destination: Addresses
  readonly destinationPorts: Ports | undefined
  /** `<>`: either way round. */
  readonly bothWays: boolean
  readonly flags: FlagMatch | undefined
  /** Keyword `flow`; established is that of the moment before the packet. */
  readonly established: boolean | undefined
  readonly toServer: boolean | undefined
  /** 1: first. */
  readonly priority: number
  readonly sid: number
  /**
   * Only looks at addresses and ports, so it is asked about the first packet of a flow in each direction only, and what it
   * says holds for the flow (Suricata 7, detect-engine.c). The others are asked about every packet and decide about that one.
   */
  readonly ofFlow: boolean
}
