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

/** The column that counts packets of each outcome, besides `received`. */
const COLUMN_OF = Uint8Array.from({ length: 512 }, (_, outcome) =>
  columnOf(verdictOf(outcome), reasonOf(outcome)),
)

/**
 * Damaged packets count as invalid drops, packets without room in the table as other drops. Stream errors count as dropped: AWS does not
 * document which metric they are in.
 */
function columnOf(verdict: number, reason: number): number {
  if (verdict === Verdict.forward) return Column.passed
  if (verdict === Verdict.reject) return Column.rejected
  if (reason === Reason['decode error'] || reason === Reason['defrag error']) return Column.invalid
  return reason === Reason['flow table full'] ? Column.other : Column.dropped
}

/**
 * Counters of the stateful engine for each host, under AWS's names. Each packet received is in exactly one of passed, dropped,
 * rejected, invalid dropped and other dropped. TLS is not decrypted here, so no TLS metric is counted.
 */
export class Counters {
  readonly #counts: Float64Array

  constructor(hosts: number) {
    this.#counts = new Float64Array(hosts * WIDTH)
  }

  /** Counts one more packet with this `Outcome` at this host; `bytes` from its IP header on. */
  count(host: number, outcome: number, bytes: number): void {
    const row = host * WIDTH
    this.#add(row + Column.received, 1)
    this.#add(row + (COLUMN_OF[outcome] ?? Column.dropped), 1)
    this.#add(row + Column.bytes, bytes)
  }

  /** Recounts a packet whose outcome turned out to be another one. */
  correct(host: number, counted: number, outcome: number): void {
    if (counted === outcome) return
    const row = host * WIDTH
    this.#add(row + (COLUMN_OF[counted] ?? Column.dropped), -1)
    this.#add(row + (COLUMN_OF[outcome] ?? Column.dropped), 1)
  }

  /** Counts an application of the stream exception policy. */
  countException(host: number): void {
    this.#add(host * WIDTH + Column.exceptions, 1)
  }

  /** Counts a flow that was evicted because the table was full. */
  countEvicted(host: number): void {
    this.#add(host * WIDTH + Column.evicted, 1)
  }

  /** Counts a packet that would have begun a flow while the table was full. */
  countRefused(host: number): void {
    this.#add(host * WIDTH + Column.refused, 1)
  }

  /** The metrics of AWS Network Firewall that are counted here; the last two are flowbreak's own. */
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
