/** What is in a tunnel. */
export interface Inner {
  /** Where it starts. */
  offset: number
  /** What it starts with; `EtherType.bridge`: an Ethernet header, `EtherType.ppp`: PPP. */
  etherType: number
  /** A VLAN id that the tunnel's header says it came with; 0: none. */
  vlan: number
}

/** An `Inner` to write into. */
export function newInner(): Inner {
  return { offset: 0, etherType: 0, vlan: 0 }
}
