/** The contents of a tunnel. */
export interface Inner {
  /** Where it starts. */
  offset: number
  /** What it starts with; `EtherType.bridge`: an Ethernet header, `EtherType.ppp`: PPP. */
  etherType: number
  /** The VLAN id given in the tunnel's header; 0: none. */
  vlan: number
  /** The headers between that of IP or UDP and it. */
  headers: number
}

/** An `Inner` to fill. */
export function newInner(): Inner {
  return { offset: 0, etherType: 0, vlan: 0, headers: 0 }
}
