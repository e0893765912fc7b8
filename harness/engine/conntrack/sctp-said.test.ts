import { Protocol } from '../../wire/numbers.ts'
import { Chunk } from '../../wire/sctp.ts'
import { endsOf, frameOf } from '../conversations/frames.test.ts'
import type { ExamplePacket } from '../example-engine.test.ts'
import { sctpChunk, sctpPacket } from './sctp-talks.test.ts'

/** The ends of an association, and by side how each is called. */
export const ENDS = endsOf(1, false)
export const TAGS = [11, 22] as const

/** One chunk that a side says, under the tag that is right unless another is given. */
export interface Said {
  readonly side: 0 | 1
  readonly chunk: number
  readonly flags?: number
  readonly tag?: number
  /** How an INIT or its answer calls the side. */
  readonly own?: number
  /** Seconds. */
  readonly at?: number
  readonly host?: number
}

export function said({
  side,
  chunk,
  tag,
  own = TAGS[side],
  flags = 0,
  at = 0,
  host = 0,
}: Said): ExamplePacket {
  const called = tag ?? (chunk === Chunk.init ? 0 : TAGS[side === 0 ? 1 : 0])
  const packet = sctpPacket(side === 0 ? [3000, 4000] : [4000, 3000], called, [sctpChunk(chunk, own, flags)])
  return { seconds: at, host, bytes: rawFrame(Protocol.sctp, side === 0, packet) }
}

/** A frame of IPv4 between the ends, whose transport bytes are as given. */
export function rawFrame(protocol: number, toServer: boolean, segment: Uint8Array): Uint8Array {
  const bytes = frameOf(ENDS, toServer, protocol, segment)
  bytes.set(segment, bytes.length - segment.length)
  return bytes
}

/** What opens an association. */
export const OPEN = [
  said({ side: 0, chunk: Chunk.init }),
  said({ side: 1, chunk: Chunk.initAck }),
  said({ side: 0, chunk: Chunk.cookieEcho }),
  said({ side: 1, chunk: Chunk.cookieAck }),
] as const
