import { Kind } from '../model/codes.ts'

/** The dissection of one frame: the wire/ columns of `PacketBatch`, with offsets in the array that holds the frame. */
export interface Dissection {
  kind: number
  l3: number
  l4: number
  payload: number
  flags: number
  vlan: number
  /** IP protocol of the transport header at `l4`; 0 if there is none. */
  protocol: number
  /** See `PacketBatch.stack`. */
  stack: number
  /** Offset just after the datagram by its own length; 0 if there is none. */
  stop: number
  /** Headers read so far, see `MAX_LAYERS`. */
  layers: number
}

/** Longer than any frame: missing bytes then contradict nothing. */
export const UNKNOWN_LENGTH = 0x100000

/** An empty dissection to fill. */
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
