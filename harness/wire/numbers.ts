/** EtherTypes that the decoder follows (IEEE 802 registry). */
export const EtherType = {
  ipv4: 0x0800,
  ipv6: 0x86dd,
  vlan: 0x8100,
  qinq: 0x88a8,
  qinqOld: 0x9100,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
  /** After a tunnel header: a whole Ethernet frame (RFC 1701), PPP (RFC 2637), ERSPAN type I and II. */
  bridge: 0x6558,
  ppp: 0x880b,
  erspan: 0x88be,
} as const

/** IP protocol numbers, and IPv6 next headers, that the decoder distinguishes (IANA registry). */
export const Protocol = {
  hopByHop: 0,
  icmp: 1,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  authentication: 51,
  icmp6: 58,
  none: 59,
  destination: 60,
  sctp: 132,
  mobility: 135,
  udpLite: 136,
  hostIdentity: 139,
  shim6: 140,
} as const

/** Whether the first words of the protocol's header are ports, with which flows are told apart: TCP, UDP and SCTP. */
export function hasPorts(protocol: number): boolean {
  return protocol === Protocol.tcp || protocol === Protocol.udp || protocol === Protocol.sctp
}
