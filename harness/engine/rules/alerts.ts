import type { PacketBatch } from '../../model/batch.ts'

/** What an alert contains of its rule; `sid` 2, 4, 6 and 8 are the default actions of AWS Network Firewall. */
export interface AlertingRule {
  readonly sid: number
  readonly rev: number
  readonly msg: string
  /** 1 … 255; 1 is the most severe (EVE's `alert.severity`). */
  readonly priority: number
  /** Empty: none. */
  readonly category: string
  readonly action: 'pass' | 'drop' | 'reject' | 'alert'
}

/**
 * Receives alerts as they happen: one call for each alerting rule that matched a packet, in the rule order, including the drop
 * or reject that decided. The batch is valid during the call only. `index`: that of the packet in the batch, or of the fragment
 * that completed the datagram; `toServer`: the packet's direction as the host sees it; `blocked`: the rule stopped the packet (EVE's
 * `alert.action`), otherwise it was allowed as far as this rule is concerned.
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
