import type { Transactions } from './transactions.ts'

/** How a parser leaves its stream. */
export const Parsed = {
  /** All bytes are consumed. */
  all: 0,
  /** `consumed` bytes are; it wants to be called again when `needed` are there. */
  some: 1,
  /** It cannot go on: the application layer of the flow is over. */
  error: 2,
} as const

/** What a parser found out about its flow besides buffers. */
export class ParserResult {
  consumed = 0
  needed = 0
  /** Contents are encrypted from now on: rules do not look at them. */
  hidden = false
  /** The bytes told nothing of any transaction: rules need not look. */
  untouched = false
  /** Nothing more of this flow is worth parsing (both ends speak cipher text). */
  finished = false
}

/** A parser of one protocol: state about one flow. */
export interface Parser {
  /** Buffers of transactions from this one on may still grow; those of earlier ones are complete. */
  readonly openTransaction: number
  /** Whether bytes of that direction may still matter to what rules look at. */
  reads(toServer: boolean): boolean
  /** Something that rules look at has begun in the direction to the server and is not complete. */
  readonly pending: boolean
  /** Takes `bytes[from … to-1]`, which follow what it consumed before. Never throws, never reads outside. Answers with a `Parsed` code. */
  parse(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    found: Transactions,
    result: ParserResult,
  ): number
  /** So many bytes are missing here and will not come. Answers with a `Parsed` code, `all` or `error`. */
  skip(toServer: boolean, length: number): number
}
