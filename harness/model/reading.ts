import { Tunnels } from './codes.ts'

/** What happens to a datagram whose fragments overlap (docs/decision-tables.md, fragments). */
export type Overlap = 'bsd' | 'drop'

/** How fragments are reassembled. */
export interface FragmentReading {
  /**
   * `bsd`: of overlapping fragments the one that begins first counts, of two that begin together the older; `drop`: a partial
   * overlap discards the datagram (RFC 5722), and a repetition of data that came in one run is ignored.
   */
  readonly overlap: Overlap
  /** Seconds. */
  readonly timeout4: number
  readonly timeout6: number
  /** Which fragment the time-out counts from: a datagram's first, or its latest so far, in whole seconds. */
  readonly timer: 'first' | 'last'
  /** Fragments of both directions between two hosts belong to one datagram if they have the same identification. */
  readonly bothWays: boolean
  /**
   * As in Linux's connection tracking. IPv6: a first fragment that ends within the headers of its datagram is not part of it, but a packet by
   * itself (RFC 8200 4.5). So is a fragment that is not the last and whose length is not a multiple of 8, which also discards its datagram. A
   * fragment that is the whole of a datagram (RFC 6946) belongs to the datagram that has begun with its identification, if there is one.
   * IPv4: bytes beyond a multiple of 8 are cut off.
   */
  readonly linux: boolean
}

/** How the frames of a capture are read before anything is decided: what a system does before it looks for flows. */
export interface Reading {
  /** `inner`: the columns of a batch describe the packet inside a tunnel. */
  readonly tunnels: 'outer' | 'inner'
  /** IPv4 in IPv4 (protocol 4) counts as a tunnel. */
  readonly ipv4InIpv4: boolean
  readonly fragments: FragmentReading
}

/** No tunnels, and fragments as Suricata 7 reassembles them. */
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
