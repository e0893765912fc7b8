/**
 * Where a packet's flags are kept for reports, those of TCP are as in its header. For kinds of which only IP is read (`Kind.ip4`, `Kind.ip6`)
 * the IP protocol is in the low byte, and of SCTP there is a bit above it for each type of chunk: the first of this list is bit 8.
 */
export const SCTP_CHUNKS: readonly (readonly [type: number, name: string])[] = [
  [1, 'INIT'],
  [2, 'INIT ACK'],
  [10, 'COOKIE ECHO'],
  [11, 'COOKIE ACK'],
  [15, 'AUTH'],
  [3, 'SACK'],
  [4, 'HEARTBEAT'],
  [5, 'HEARTBEAT ACK'],
  [9, 'ERROR'],
  [12, 'ECNE'],
  [13, 'CWR'],
  [193, 'ASCONF'],
  [128, 'ASCONF ACK'],
  [130, 'RE-CONFIG'],
  [192, 'FORWARD TSN'],
  [194, 'I-FORWARD TSN'],
  [6, 'ABORT'],
  [7, 'SHUTDOWN'],
  [8, 'SHUTDOWN ACK'],
  [14, 'SHUTDOWN COMPLETE'],
  [0, 'DATA'],
  [64, 'I-DATA'],
]

/** The bit for the first type of `SCTP_CHUNKS`, and that for all types which are not in it. */
export const FIRST_CHUNK = 8
export const OTHER_CHUNK = FIRST_CHUNK + SCTP_CHUNKS.length
/** The low byte: an IP protocol (IANA registry). */
export const CARRIED_PROTOCOL = 0xff
