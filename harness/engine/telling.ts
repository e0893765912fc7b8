import { CLIENT, EXTRA, Flag, ISN, NEXT, SERVER, WINDOW } from './record.ts'

/*
 * After how many bytes Suricata's protocol detection gives up on an unknown application. Two mechanisms look at the first bytes of each
 * side: patterns, the same on all ports, and probing parsers, which a port may have (Suricata 7, app-layer-detect-proto.c).
 */

/** No pattern is longer than this many first bytes of each side (AppLayerProtoDetectPMGetProto). */
const PATTERNS = { client: 17, server: 8 } as const

/**
 * Ports that have probing parsers, and after how many bytes of client and server these have given up whatever the bytes are, if patterns
 * do not take longer. The first row is for all other ports; then come Telnet, Kerberos, TLS, MQTT, NFS and PostgreSQL; DNS over TCP;
 * HTTP/2; SMB; RDP.
 */
const PROBES = [
  { ports: [], client: 0, server: 0 },
  { ports: [23, 88, 443, 1883, 2049, 5432], client: 0, server: 0 },
  { ports: [53], client: 15, server: 15 },
  { ports: [80], client: 25, server: 9 },
  { ports: [445], client: 36, server: 36 },
  { ports: [3389], client: 17, server: 17 },
] as const
/** Stands for a row where probing never ends: the client's port has probing parsers, and the server's has none or others. */
const ENDLESS = 7

/** Row for each port. */
const ROWS = new Uint8Array(1 << 16)
for (const [row, { ports }] of PROBES.entries()) for (const port of ports) ROWS[port] = row

/** Bits 21 … 23 of the extra word: a row of `PROBES`, or `ENDLESS`. */
const PROBES_SHIFT = 21
const PROBES_MASK = 7 << PROBES_SHIFT

/**
 * More bytes than this of one side alone end detection, or more than its receiver lets it send if that is larger (app-layer.c,
 * TCPProtoDetectCheckBailConditions).
 */
const TOO_MUCH = 100_000
/** Beyond this depth no data of a stream is kept (Suricata 7 suricata.yaml, stream.reassembly.depth). */
export const DEPTH = 1 << 20

/**
 * Records the probing parsers of the ports of a session that begins. `pickUp`: sessions are picked up midstream, in which case those of a
 * client's port are consulted too.
 */
export function noteProbes(
  words: Int32Array,
  base: number,
  client: number,
  server: number,
  pickUp: boolean,
): void {
  let row = ROWS[server] ?? 0
  if (ROWS[client] !== 0 && (row === 0 ? pickUp : client !== server)) row = ENDLESS
  words[base + EXTRA] = ((words[base + EXTRA] ?? 0) & ~PROBES_MASK) | (row << PROBES_SHIFT)
}

/**
 * Whether detection has given up after the first `client` and `server` bytes of the sides. If sessions are picked up, the patterns of
 * each side are tried on both. In a session that was picked up the client's bytes suffice.
 */
export function isTold(
  words: Int32Array,
  base: number,
  client: number,
  server: number,
  pickUp: boolean,
): boolean {
  const row = rowOf(words, base)
  const times = row === ENDLESS ? 2 : 1
  if (isTooMuch(words, base, CLIENT, client, times) || isTooMuch(words, base, SERVER, server, times))
    return true
  if (row === ENDLESS || client < PATTERNS.client) return false
  const probes = PROBES[row] ?? PROBES[0]
  const pickedUp = ((words[base] ?? 0) & (Flag.pickedUp | Flag.pickedUpBySynAck)) === Flag.pickedUp
  const enough = pickedUp ? probes.server : serverTells(words, base, pickUp)
  return client >= probes.client && (pickedUp || server >= enough)
}

/** The same for a session in which all came in order, by its numbers. */
export function hasTold(words: Int32Array, base: number, pickUp: boolean): boolean {
  return isTold(words, base, sentBy(words, base + CLIENT), sentBy(words, base + SERVER), pickUp)
}

/**
 * Whether the numbers do not show all that makes detection give up: where sessions are picked up, the client's probing ends with the
 * server's, at the client's next packet, and takes longer by itself.
 */
export function endsWithServer(words: Int32Array, base: number, pickUp: boolean): boolean {
  const row = rowOf(words, base)
  return pickUp && row !== ENDLESS && (PROBES[row] ?? PROBES[0]).client > PATTERNS.client
}

/** Whether, where sessions are picked up, the client's next packet after the first `server` bytes of the server ends its probing, too. */
export function isToldByServer(words: Int32Array, base: number, client: number, server: number): boolean {
  return client >= PATTERNS.client && server >= serverTells(words, base, true)
}

/** Whether the first `server` bytes of the server end its probing. */
export function endsProbing(words: Int32Array, base: number, server: number): boolean {
  return server >= (PROBES[rowOf(words, base)] ?? PROBES[0]).server
}

/** Bytes of the client that suffice once the server's do; `alone`: none of the server's bytes were looked at. */
export function clientTells(words: Int32Array, base: number, alone: boolean): number {
  const row = rowOf(words, base)
  if (row === ENDLESS) return Number.POSITIVE_INFINITY
  return Math.max(PATTERNS.client, alone ? (PROBES[row] ?? PROBES[0]).client : 0)
}

/** Bytes of the server that suffice once the client's do. */
export function serverTells(words: Int32Array, base: number, pickUp: boolean): number {
  const row = rowOf(words, base)
  if (row === ENDLESS) return Number.POSITIVE_INFINITY
  return Math.max(pickUp ? PATTERNS.client : PATTERNS.server, (PROBES[row] ?? PROBES[0]).server)
}

/** Whether this many bytes of one side end detection, given `times` what its peer lets it send. */
function isTooMuch(words: Int32Array, base: number, stream: number, bytes: number, times: number): boolean {
  if (bytes <= TOO_MUCH) return false
  const peer = stream === CLIENT ? SERVER : CLIENT
  return bytes > times * Math.max(TOO_MUCH, Math.min(words[base + peer + WINDOW] ?? 0, DEPTH))
}

function sentBy(words: Int32Array, stream: number): number {
  return ((words[stream + NEXT] ?? 0) - (words[stream + ISN] ?? 0) - 1) | 0
}

function rowOf(words: Int32Array, base: number): number {
  return ((words[base + EXTRA] ?? 0) & PROBES_MASK) >> PROBES_SHIFT
}
