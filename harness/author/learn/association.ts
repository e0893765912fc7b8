import { FlowbreakError } from '../../support/errors.ts'
import { putU32 } from '../../wire/bytes.ts'
import { Chunk, emitChunk, emitSctp, INIT_BODY, SCTP_HEADER, writeSctpChecksum } from '../../wire/sctp.ts'

/** Chunks that probes say, by name. */
const CHUNKS: Readonly<Record<string, number>> = {
  init: Chunk.init,
  answer: Chunk.initAck,
  cookie: Chunk.cookieEcho,
  accept: Chunk.cookieAck,
  data: Chunk.data,
  heartbeat: Chunk.heartbeat,
  shutdown: Chunk.shutdown,
  bye: Chunk.shutdownAck,
}
/** Without a name: a header and what is no chunk. */
const BARE = 28

/** An SCTP packet of a probe between two ports; each end goes by a tag of its own, of which 0 is none. Throws ERR_PROBE. */
export function associationPacket(
  [sourcePort = 0, destinationPort = 0]: readonly number[],
  [own, peer]: readonly [number, number],
  name: string | undefined,
): Uint8Array {
  const type = name === undefined ? undefined : CHUNKS[name]
  if (type === undefined) {
    if (name !== undefined)
      throw new FlowbreakError('ERR_PROBE', `A probe says "${name}", which is not a chunk.`)
    const bare = new Uint8Array(BARE)
    emitSctp({ sourcePort, destinationPort, tag: 1 }, bare, 0)
    return bare
  }
  const opens = type === Chunk.init || type === Chunk.initAck
  const body = new Uint8Array(INIT_BODY)
  if (opens) putU32(body, 0, own || 1)
  const chunk = emitChunk(type, 0, body)
  const bytes = new Uint8Array(SCTP_HEADER + chunk.length)
  const at = emitSctp({ sourcePort, destinationPort, tag: type === Chunk.init ? 0 : peer || 1 }, bytes, 0)
  bytes.set(chunk, at)
  writeSctpChecksum(bytes, 0, bytes.length)
  return bytes
}
