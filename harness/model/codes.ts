/**
 * The numbers that stand for words inside batches. Each table is closed: a stage that needs another word adds it here.
 * `nameOf` turns a number back into its word at the edges (reports, logs, JSON).
 */

/** What a frame carries, as far as the decoder could read it. Non-first fragments have no transport header. */
export const Kind = {
  other: 0,
  tcp4: 1,
  tcp6: 2,
  udp4: 3,
  udp6: 4,
  icmp4: 5,
  icmp6: 6,
  fragment4: 7,
  fragment6: 8,
  ip4: 9,
  ip6: 10,
  malformed: 11,
  /** The capture's snapshot length cut it within a header, so that its flow is not known. */
  cut: 12,
} as const

/** The direction of a packet in its flow; the client is the side that opened the flow. */
export const Direction = { c2s: 0, s2c: 1 } as const
export type DirectionName = keyof typeof Direction

/** What happened to a packet (docs/design.md). `undecided` is never counted as a drop. */
export const Verdict = { undecided: 0, forward: 1, drop: 2, reject: 3, answered: 4 } as const
export type VerdictName = keyof typeof Verdict

/** The reason, if the target reports one, in the words of Suricata's drop reasons if Suricata has one. */
export const Reason = {
  none: 0,
  'stream midstream': 1,
  'flow drop': 2,
  'stream error': 3,
  rules: 4,
  'default action': 5,
  'decode error': 6,
  'defrag error': 7,
  'idle timeout': 8,
  'not in flow table': 9,
  'target unreachable': 10,
  'flow table full': 11,
  bypass: 12,
  stateless: 13,
  /** Linux: the packet belongs to no connection that is tracked. */
  'ct invalid': 14,
  /** Linux: tracking would begin with it, but it opens no connection. */
  'ct new': 15,
  /** The packet is larger than an interface on the way takes. */
  'packet too big': 16,
  /** A host returned the packet, but a gateway load balancer would not take it back: its tunnel names no flow, or another one. */
  'unknown flow cookie': 17,
  'cookie of another flow': 18,
  /** The same: its UDP ports are not those of its flow. */
  'wrong tunnel port': 19,
  /** The same: its tunnel options are not those that it was sent with. */
  'wrong tunnel options': 20,
  /** The same: it was sent whole, and fragments have no ports by which to know their flow. */
  'fragmented by host': 21,
  /** Undecided: the capture's snapshot length cut the packet within a header. */
  'header not captured': 22,
} as const
export type ReasonName = keyof typeof Reason

/** Values of the `host` column that are not an index into `Topology.hosts`. */
export const Host = { unknown: 252, path: 253, bypass: 254, loadBalancer: 255 } as const

/** How a verdict is known: by a plug-in's word, from the device's own record, or seen on the wire; or the step was not run (guard). */
export const Knowledge = { self: 0, log: 1, wire: 2, notRun: 3 } as const
export type KnowledgeName = Exclude<keyof typeof Knowledge, 'notRun'>

/** The purpose of a packet: it is graded, it proves that a road is alive, or it marks the end of a wait. */
export const Role = { probe: 0, control: 1, marker: 2 } as const

/** Link layers that the decoder reads; the values are its own, not those of a capture file. */
export const Link = {
  unsupported: 0,
  ethernet: 1,
  raw: 2,
  null: 3,
  loop: 4,
  sll: 5,
  sll2: 6,
  ppp: 7,
  chdlc: 8,
  nflog: 9,
  raw4: 10,
  raw6: 11,
} as const

/** Which tunnels the decoder looks into: none, those that Suricata does, or IPv4 in IPv4 (protocol 4) as well. */
export const Tunnels = { outer: 0, inner: 1, innerWithIpv4InIpv4: 2 } as const

/** Bits of the TCP flags byte. */
export const Tcp = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const

/** The options of a TCP header: none, two fillers and the timestamps (as in nearly every data packet), or others. */
export const Options = { none: 0, timestamps: 1, other: 2 } as const

/** The word for a number from one of the tables above; `unknown` if the table does not have it. */
export function nameOf<T extends Readonly<Record<string, number>>>(
  table: T,
  code: number,
): (keyof T & string) | 'unknown' {
  for (const name in table) if (table[name] === code) return name
  return 'unknown'
}
