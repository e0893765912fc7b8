import type { Transactions } from './transactions.ts'

/** Result of a parser call. */
export const Parsed = {
  /** All bytes are consumed. */
  all: 0,
  /** `consumed` bytes are consumed; the parser is to be called again when `needed` are there. */
  some: 1,
  /** It cannot continue: the application layer of the flow ends. */
  error: 2,
} as const

/** What a parser found out about its flow besides buffers. */
export class ParserResult {
  consumed = 0
  needed = 0
  /** Contents are encrypted from now on: rules do not inspect them. */
  hidden = false
  /** The bytes updated no transaction: rules need not be evaluated. */
  untouched = false
  /** Nothing more of this flow needs parsing (both ends send ciphertext). */
  finished = false
  /** At least 0: what follows in both directions is the inside of a tunnel to this port, or to an unknown one (0). */
  tunnelPort = -1

  /** Before a call of a parser. */
  clear(): void {
    this.hidden = false
    this.untouched = false
    this.finished = false
    this.tunnelPort = -1
  }
}

/** A parser of one protocol, with the state of one flow. */
export interface Parser {
  /** Buffers of this and later transactions may still grow; those of earlier ones are complete. */
  readonly openTransaction: number
  /** Transactions before this one are over: nothing updates them, so that rules inspect them no more. Undefined: as `openTransaction`. */
  readonly liveTransaction?: number
  /** Whether bytes of that direction may still matter to what rules inspect. */
  reads(toServer: boolean): boolean
  /** A tunnel may follow, in which another protocol is spoken. */
  readonly mayTunnel: boolean
  /** Something that rules inspect has begun in the direction to the server and is incomplete. */
  readonly pending: boolean
  /**
   * Parses `bytes[from … to-1]`, which follow those that it consumed before. Never throws, never reads outside. Returns a `Parsed`
   * code.
   */
  parse(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    found: Transactions,
    result: ParserResult,
  ): number
  /** This many bytes are missing here and will not come. Returns a `Parsed` code, `all` or `error`. */
  skip(toServer: boolean, length: number, found: Transactions, result: ParserResult): number
}
