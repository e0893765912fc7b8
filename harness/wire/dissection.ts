import { Kind } from '../model/codes.ts'

/** What is known of one frame: the wire/ columns of `PacketBatch`, with offsets in the array that holds the frame. */
export interface Dissection {
  kind: number
  l3: number
  l4: number
  payload: number
  flags: number
  vlan: number
  /** IP protocol of the transport header at `l4`; 0 where there is none. */
  protocol: number
  /** See `PacketBatch.stack`. */
  stack: number
  /** Offset just behind the datagram by its own length; 0 where there is none. */
  stop: number
  /** Headers read so far, see `MAX_LAYERS`. */
  layers: number
}

/** More than any frame: nothing that is missing counts as contradicted. */
export const UNKNOWN_LENGTH = 0x100000

/** A dissection to write into. */
export function newDissection(): Dissection {
  return {
    kind: Kind.other,
    l3: -1,
    l4: -1,
    payload: 0,
    flags: 0,
    vlan: 0,
    protocol: 0,
    stack: 0,
    stop: 0,
    layers: 0,
  }
}
