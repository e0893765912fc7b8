import type { PacketBatch } from '../../model/batch.ts'

/** What an alert says of the rule that made it; `sid` 2, 4, 6 and 8 are the default actions of AWS Network Firewall. */
export interface AlertingRule {
  readonly sid: number
  readonly rev: number
  readonly msg: string
  /** 1 … 255, 1 the gravest (EVE's `alert.severity`). */
  readonly priority: number
  /** Empty: none. */
  readonly category: string
  readonly action: 'pass' | 'drop' | 'reject' | 'alert'
}

/**
 * Takes alerts as they happen: one call for each rule that matched a packet and alerts, in the rule order, among them the drop
 * or reject that decided. The batch is good during the call only. `index`: of the packet in the batch, or of the fragment
 * that completed the datagram; `toServer`: the way that the host sees the packet go; `blocked`: the rule stopped the packet (EVE's
 * `alert.action`), else it was allowed as far as this rule goes.
 */
export interface AlertSink {
  alert(
    rule: AlertingRule,
    batch: PacketBatch,
    index: number,
    host: number,
    toServer: boolean,
    blocked: boolean,
  ): void
}
