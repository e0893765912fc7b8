import type { Maps } from './maps.ts'

/** An IP datagram in a frame or in a quote. */
export interface Datagram {
  readonly l3: number
  /** Offset of the transport header, -1: it is not there. */
  readonly l4: number
  readonly protocol: number
  /** Offset just behind it by its own length. */
  readonly stop: number
  /** Whole, or which fragment; `broken`: a header of it is not what it should be. */
  readonly form: 'whole' | 'first' | 'later' | 'broken'
}

/** Changes a datagram of which there is something before `end`. */
export type ChangeDatagram = (bytes: Uint8Array, datagram: Datagram, end: number, maps: Maps) => void
