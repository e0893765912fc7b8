import { u16 } from '../../wire/bytes.ts'
import { CHUNK_HEADER, Chunk, INIT_BODY, nextChunk, SCTP_HEADER } from '../../wire/sctp.ts'
import type { Maps } from './maps.ts'

/** Chunks that RFC 9260 does not define (IANA registry, RFC 4895, 5061, 6525, 3758, 8260). */
const Other = {
  echo: 12,
  reduced: 13,
  authentication: 15,
  selective: 16,
  interleaved: 64,
  addressesAck: 128,
  reset: 130,
  skip: 192,
  addresses: 193,
  interleavedSkip: 194,
} as const
const EVERYTHING = 1 << 16
/** Bytes behind the header of a chunk that are numbers of the protocol, and stay; of others none. */
const KEPT: ReadonlyMap<number, number> = new Map([
  [Chunk.data, 12],
  [Chunk.init, INIT_BODY],
  [Chunk.initAck, INIT_BODY],
  [Chunk.sack, EVERYTHING],
  [Chunk.shutdown, 4],
  [Other.echo, 4],
  [Other.reduced, 4],
  [Other.authentication, 4],
  [Other.selective, EVERYTHING],
  [Other.interleaved, 16],
  [Other.addressesAck, 4],
  [Other.reset, EVERYTHING],
  [Other.skip, EVERYTHING],
  [Other.addresses, 4],
  [Other.interleavedSkip, EVERYTHING],
])
const WITH_PARAMETERS: ReadonlySet<number> = new Set([
  Chunk.init,
  Chunk.initAck,
  Chunk.heartbeat,
  Chunk.heartbeatAck,
  Other.addresses,
  Other.addressesAck,
])
const PARAMETER_HEADER = 4
const IPV4_ADDRESS = 5
const IPV6_ADDRESS = 6
/** What a parameter or cause of that type holds: parameters behind so many bytes, causes likewise, or numbers alone. */
type Contents = readonly ['parameters' | 'causes', skipped: number] | 'numbers'
const PARAMETERS: ReadonlyMap<number, Contents> = new Map<number, Contents>([
  [8, ['parameters', 0]],
  [9, 'numbers'],
  [12, 'numbers'],
  [0x8003, 'numbers'],
  [0x8004, 'numbers'],
  [0x8008, 'numbers'],
  [0xc001, ['parameters', 4]],
  [0xc002, ['parameters', 4]],
  [0xc003, ['causes', 4]],
  [0xc004, ['parameters', 4]],
  [0xc005, 'numbers'],
  [0xc006, 'numbers'],
])
const CAUSES: ReadonlyMap<number, Contents> = new Map<number, Contents>([
  [1, 'numbers'],
  [2, 'numbers'],
  [3, 'numbers'],
  [5, ['parameters', 0]],
  [8, ['parameters', 0]],
  [9, 'numbers'],
  [11, ['parameters', 0]],
])
/** An address in a parameter in a cause in a parameter, as an answer to a change of addresses quotes it, and no deeper. */
const DEEPEST = 4

/** Bytes of the packet at `l4` that a first fragment before `stop` may show: its header and the numbers of the first chunk. */
export function sctpHeaderOf(bytes: Uint8Array, l4: number, stop: number): number {
  if (l4 + SCTP_HEADER + CHUNK_HEADER > stop) return SCTP_HEADER
  const kept = KEPT.get(bytes[l4 + SCTP_HEADER] ?? 0) ?? 0
  return SCTP_HEADER + CHUNK_HEADER + (kept === EVERYTHING ? 0 : kept)
}

/**
 * Changes the chunks of the packet bytes[l4, stop): addresses in parameters are mapped, user data, cookies, digests and whatever else
 * is not a number of the protocol filled. With `maps.kept` user data stay.
 */
export function changeSctp(bytes: Uint8Array, l4: number, stop: number, maps: Maps): void {
  let at = l4 + SCTP_HEADER
  // A length that leaves out part of the chunk's header is followed as Linux does.
  while (at + CHUNK_HEADER <= stop && u16(bytes, at + 2) > 0) {
    const end = Math.min(at + Math.max(CHUNK_HEADER, u16(bytes, at + 2)), stop)
    changeChunk(bytes, at, end, maps)
    at = nextChunk(bytes, at)
    bytes.fill(0, end, Math.min(at, stop))
  }
  maps.filler.fill(bytes, at + CHUNK_HEADER, stop)
}

function changeChunk(bytes: Uint8Array, at: number, end: number, maps: Maps): void {
  const type = bytes[at] ?? 0
  const from = at + CHUNK_HEADER + (KEPT.get(type) ?? 0)
  if (WITH_PARAMETERS.has(type)) changeList(bytes, from, end, PARAMETERS, maps, 0)
  else if (type === Chunk.abort || type === Chunk.error) changeList(bytes, from, end, CAUSES, maps, 0)
  else if (maps.kept === undefined || (type !== Chunk.data && type !== Other.interleaved))
    maps.filler.fill(bytes, from, end)
}

/** Parameters, or causes of an error (RFC 9260 3.2.1, 3.3.10), one after another. */
function changeList(
  bytes: Uint8Array,
  from: number,
  stop: number,
  known: ReadonlyMap<number, Contents>,
  maps: Maps,
  depth: number,
): void {
  let at = from
  while (at + PARAMETER_HEADER <= stop && u16(bytes, at + 2) >= PARAMETER_HEADER && depth < DEEPEST) {
    const type = u16(bytes, at)
    const body = at + PARAMETER_HEADER
    const end = Math.min(at + u16(bytes, at + 2), stop)
    const contents = known.get(type)
    if (known === PARAMETERS && type === IPV4_ADDRESS && end === body + 4) maps.addresses.map4(bytes, body)
    else if (known === PARAMETERS && type === IPV6_ADDRESS && end === body + 16)
      maps.addresses.map6(bytes, body)
    else if (contents === undefined) maps.filler.fill(bytes, body, end)
    else if (contents !== 'numbers') {
      const inner = contents[0] === 'causes' ? CAUSES : PARAMETERS
      changeList(bytes, body + contents[1], end, inner, maps, depth + 1)
    }
    at = nextChunk(bytes, at)
  }
  maps.filler.fill(bytes, at, stop)
}
