import { Tunnels } from './codes.ts'

/** What becomes of a datagram whose fragments overlap (docs/decision-tables.md, fragments). */
export type Overlap = 'bsd' | 'drop'

/** How fragments are put together. */
export interface FragmentReading {
  /**
   * `bsd`: where fragments overlap, the one that begins first counts, of two that begin together the older; `drop`: a partial
   * overlap discards the datagram (RFC 5722), a repetition of what came in one run is ignored.
   */
  readonly overlap: Overlap
  /** Seconds. */
  readonly timeout4: number
  readonly timeout6: number
  /** Which fragment the time-out counts from: a datagram's first, or its latest so far, in whole seconds. */
  readonly timer: 'first' | 'last'
  /** Fragments of both directions between two hosts are of one datagram when they have one identification. */
  readonly bothWays: boolean
  /**
   * As Linux's connection tracking. Of IPv6, a first fragment that ends within the headers of its datagram is none of it, but a packet by
   * itself (RFC 8200 4.5); so is one of no multiple of 8 bytes that is not the last, with which the datagram goes; and one that is all of a
   * datagram (RFC 6946) is of the one that is open with its identification, if there is one. Of IPv4, bytes beyond a multiple of 8 are cut off.
   */
  readonly linux: boolean
}

/** How the frames of a capture are read before anything is decided about them: what a system does before it knows of flows. */
export interface Reading {
  /** `inner`: the packet in a tunnel is what the columns of a batch are about. */
  readonly tunnels: 'outer' | 'inner'
  /** IPv4 in IPv4 (protocol 4) counts as a tunnel. */
  readonly ipv4InIpv4: boolean
  readonly fragments: FragmentReading
}

/** Plain frames, fragments as Suricata 7 puts them together. */
export const PLAIN_READING: Reading = {
  tunnels: 'outer',
  ipv4InIpv4: false,
  fragments: {
    overlap: 'bsd',
    timeout4: 60,
    timeout6: 60,
    timer: 'last',
    bothWays: true,
    linux: false,
  },
}

/** The `Tunnels` code of a reading. */
export function tunnelsOf({ tunnels, ipv4InIpv4 }: Reading): number {
  if (tunnels === 'outer') return Tunnels.outer
  return ipv4InIpv4 ? Tunnels.innerWithIpv4InIpv4 : Tunnels.inner
}
