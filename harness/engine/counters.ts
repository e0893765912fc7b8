import { Verdict } from '../model/codes.ts'

/** The metrics of AWS Network Firewall that the engine counts, in the order of its columns. */
const NAMES = [
  'ReceivedPackets',
  'PassedPackets',
  'DroppedPackets',
  'RejectedPackets',
  'InvalidDroppedPackets',
  'OtherDroppedPackets',
  'StreamExceptionPolicyPackets',
] as const
const WIDTH = 8
const Column = { received: 0, passed: 1, dropped: 2, rejected: 3, exceptions: 6 } as const

/**
 * Counters by host under AWS's names. Each packet received is in exactly one of passed, dropped, rejected, invalid dropped
 * and other dropped; errors of the stream count as dropped.
 */
export class Counters {
  readonly #counts: Float64Array

  constructor(hosts: number) {
    this.#counts = new Float64Array(hosts * WIDTH)
  }

  /** One more packet at that host met that `Verdict`. */
  count(host: number, verdict: number): void {
    const row = host * WIDTH
    this.#add(row + Column.received)
    if (verdict === Verdict.forward) this.#add(row + Column.passed)
    else if (verdict === Verdict.reject) this.#add(row + Column.rejected)
    else this.#add(row + Column.dropped)
  }

  /** The stream exception policy was invoked once more. */
  countException(host: number): void {
    this.#add(host * WIDTH + Column.exceptions)
  }

  of(host: number): Record<string, number> {
    return Object.fromEntries(NAMES.map((name, column) => [name, this.#counts[host * WIDTH + column] ?? 0]))
  }

  clear(): void {
    this.#counts.fill(0)
  }

  #add(index: number): void {
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
  }
}
