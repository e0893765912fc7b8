import { Reason, Verdict } from '../model/codes.ts'
import { reasonOf, verdictOf } from './outcome.ts'

const WIDTH = 10
const Column = {
  received: 0,
  passed: 1,
  dropped: 2,
  rejected: 3,
  invalid: 4,
  other: 5,
  exceptions: 6,
  bytes: 7,
  evicted: 8,
  refused: 9,
} as const

/** The column in which a packet of each outcome is counted, beside `received`. */
const COLUMN_OF = Uint8Array.from({ length: 512 }, (_, outcome) =>
  columnOf(verdictOf(outcome), reasonOf(outcome)),
)

/**
 * Damaged packets are invalid drops, those for which there was no room are others. Errors of the stream count as dropped: AWS
 * does not say which of the metrics they are in.
 */
function columnOf(verdict: number, reason: number): number {
  if (verdict === Verdict.forward) return Column.passed
  if (verdict === Verdict.reject) return Column.rejected
  if (reason === Reason['decode error'] || reason === Reason['defrag error']) return Column.invalid
  return reason === Reason['flow table full'] ? Column.other : Column.dropped
}

/**
 * Counters of the stateful engine by host, under AWS's names. Each packet received is in exactly one of passed, dropped,
 * rejected, invalid dropped and other dropped. TLS is not decrypted here, so none of the TLS metrics is counted.
 */
export class Counters {
  readonly #counts: Float64Array

  constructor(hosts: number) {
    this.#counts = new Float64Array(hosts * WIDTH)
  }

  /** One more packet, of so many bytes from its IP header on, met that `Outcome` at that host. */
  count(host: number, outcome: number, bytes: number): void {
    const row = host * WIDTH
    this.#add(row + Column.received, 1)
    this.#add(row + (COLUMN_OF[outcome] ?? Column.dropped), 1)
    this.#add(row + Column.bytes, bytes)
  }

  /** A packet that was counted with the one outcome met the other after all. */
  correct(host: number, counted: number, outcome: number): void {
    if (counted === outcome) return
    const row = host * WIDTH
    this.#add(row + (COLUMN_OF[counted] ?? Column.dropped), -1)
    this.#add(row + (COLUMN_OF[outcome] ?? Column.dropped), 1)
  }

  /** The stream exception policy was invoked once more. */
  countException(host: number): void {
    this.#add(host * WIDTH + Column.exceptions, 1)
  }

  /** A flow made way for another one because the table was full. */
  countEvicted(host: number): void {
    this.#add(host * WIDTH + Column.evicted, 1)
  }

  /** A packet would have begun a flow, and the table was full. */
  countRefused(host: number): void {
    this.#add(host * WIDTH + Column.refused, 1)
  }

  /** The metrics of AWS Network Firewall that are counted; the last two are flowbreak's own. */
  of(host: number): Record<string, number> {
    const counts = this.#counts
    const row = host * WIDTH
    return {
      ReceivedPackets: counts[row + Column.received] ?? 0,
      PassedPackets: counts[row + Column.passed] ?? 0,
      DroppedPackets: counts[row + Column.dropped] ?? 0,
      RejectedPackets: counts[row + Column.rejected] ?? 0,
      InvalidDroppedPackets: counts[row + Column.invalid] ?? 0,
      OtherDroppedPackets: counts[row + Column.other] ?? 0,
      StreamExceptionPolicyPackets: counts[row + Column.exceptions] ?? 0,
      ReceivedBytes: counts[row + Column.bytes] ?? 0,
      EvictedFlows: counts[row + Column.evicted] ?? 0,
      RefusedFlows: counts[row + Column.refused] ?? 0,
    }
  }

  clear(): void {
    this.#counts.fill(0)
  }

  #add(index: number, amount: number): void {
    this.#counts[index] = (this.#counts[index] ?? 0) + amount
  }
}
