import { Chunk } from '../../wire/sctp.ts'

/**
 * States of an SCTP entry, in the low four bits of its record's head word: those of the association as seen by a middlebox. As for
 * TCP, 0 is no entry.
 */
export const SctpState = {
  none: 0,
  closed: 2,
  cookieWait: 3,
  established: 4,
  cookieEchoed: 5,
  shutdownSent: 6,
  shutdownReceived: 7,
  shutdownAckSent: 8,
  /** A HEARTBEAT came first: another path of an association that is known elsewhere. */
  heartbeatSent: 9,
} as const

/** Table value besides the states: the chunk is invalid. */
export const SCTP_INVALID = 15

const NAMES: Readonly<Record<string, number>> = {
  CL: SctpState.closed,
  CW: SctpState.cookieWait,
  CE: SctpState.cookieEchoed,
  ES: SctpState.established,
  SS: SctpState.shutdownSent,
  SR: SctpState.shutdownReceived,
  SA: SctpState.shutdownAckSent,
  HS: SctpState.heartbeatSent,
  iv: SCTP_INVALID,
}
const COLUMNS = [
  SctpState.none,
  SctpState.closed,
  SctpState.cookieWait,
  SctpState.cookieEchoed,
  SctpState.established,
  SctpState.shutdownSent,
  SctpState.shutdownReceived,
  SctpState.shutdownAckSent,
  SctpState.heartbeatSent,
]

/**
 * For each chunk, in the original direction and in the reply: the next state from each state; `-`: unchanged (Linux
 * nf_conntrack_proto_sctp.c; docs/decision-tables.md). Chunks that are not listed change no state.
 */
const ROWS: readonly (readonly [chunk: number, original: string, reply: string])[] = [
  //                          no CL CW CE ES SS SR SA HS    no CL CW CE ES SS SR SA HS
  [Chunk.init, /*          */ 'CL -  -  -  -  CL CL -  CW', 'iv -  -  -  -  -  -  -  iv'],
  [Chunk.initAck, /*       */ 'CL -  -  -  -  -  -  -  CL', 'iv CW -  -  -  -  -  -  iv'],
  [Chunk.abort, /*         */ 'CL CL CL CL CL CL CL CL CL', 'iv CL CL CL CL CL CL CL iv'],
  [Chunk.shutdown, /*      */ 'CL -  -  -  SS -  -  -  CL', 'iv -  -  -  SR -  -  -  iv'],
  [Chunk.shutdownAck, /*   */ 'SA -  -  -  -  SA SA -  SA', 'iv -  -  -  -  SA SA -  iv'],
  [Chunk.error, /*         */ 'CL -  -  -  -  -  -  -  CL', 'iv -  -  CL -  -  -  -  iv'],
  [Chunk.cookieEcho, /*    */ 'CL -  CE -  -  -  -  -  CL', 'iv -  CE -  -  -  -  -  iv'],
  [Chunk.cookieAck, /*     */ 'CL -  -  ES -  -  -  -  CL', 'iv -  -  ES -  -  -  -  iv'],
  [Chunk.shutdownComplete, /**/ 'CL -  -  -  -  -  -  CL CL', 'iv -  -  -  -  -  -  CL iv'],
  [Chunk.heartbeat, /*     */ 'HS -  -  -  -  -  -  -  -', 'iv -  -  -  -  -  -  -  -'],
  [Chunk.heartbeatAck, /*  */ 'CL -  -  -  -  -  -  -  -', 'iv -  -  -  -  -  -  -  ES'],
]
const STATES = 16
/** Chunks of higher types change no state. */
const MOST_TYPES = 16

/** Two tables, original direction first. */
const TABLE = Uint8Array.from({ length: 2 * MOST_TYPES * STATES }, (_, at) => at % STATES)
for (const [chunk, ...directions] of ROWS)
  for (const [direction, cells] of directions.entries())
    for (const [column, name] of cells.split(/ +/).entries()) {
      const from = COLUMNS[column] ?? 0
      TABLE[(direction * MOST_TYPES + chunk) * STATES + from] = NAMES[name] ?? from
    }

/** The next state after a chunk of that type, or `SCTP_INVALID`; `direction`: 0 the original one, 1 the reply. */
export function nextSctpState(direction: number, type: number, state: number): number {
  if (type >= MOST_TYPES) return state
  return TABLE[(direction * MOST_TYPES + type) * STATES + state] ?? state
}
