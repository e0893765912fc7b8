import { CARRIED_PROTOCOL, FIRST_CHUNK, OTHER_CHUNK, SCTP_CHUNKS } from '../model/carried.ts'
import { Host, Kind, Tcp } from '../model/codes.ts'
import type { CaseTrace } from '../model/run-log.ts'

const KINDS: Readonly<Record<number, string>> = {
  [Kind.udp4]: 'UDP',
  [Kind.udp6]: 'UDP',
  [Kind.icmp4]: 'ICMP',
  [Kind.icmp6]: 'ICMPv6',
  [Kind.fragment4]: 'fragment',
  [Kind.fragment6]: 'fragment',
  [Kind.malformed]: 'malformed',
  [Kind.cut]: 'cut',
}

/** IP protocols that firewalls meet besides (IANA registry); others are told by their number. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4 in IP',
  33: 'DCCP',
  41: 'IPv6 in IP',
  46: 'RSVP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  59: 'no next header',
  88: 'EIGRP',
  89: 'OSPF',
  97: 'EtherIP',
  103: 'PIM',
  108: 'IPComp',
  112: 'VRRP',
  115: 'L2TP',
  132: 'SCTP',
  135: 'mobility',
  136: 'UDP-Lite',
  139: 'HIP',
  240: 'pfsync',
}

/** A packet of a trace in a few words: `packet 14, c2s, PSH ACK 128 B, at 1.250 s, decided by fw-b`. */
export function packetWords(trace: CaseTrace, index: number): string {
  const number = trace.number[index] ?? 0
  const at = ((trace.time[index] ?? 0) / 1e6).toFixed(3)
  return [
    number === 0 ? 'an injected packet' : `packet ${number}`,
    trace.direction[index] === '<' ? 's2c' : 'c2s',
    contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, trace.payload[index] ?? 0),
    `at ${at} s`,
    `decided by ${hostName(trace.hosts, trace.by[index] ?? Host.unknown)}`,
  ].join(', ')
}

/**
 * The content of a packet: `SYN`, `PSH ACK 128 B`, `UDP 40 B`, `SCTP SACK + DATA 52 B`. Of what is not TCP, UDP or ICMP, the bytes are all that
 * IP carries. `flags`: see model/carried.ts.
 */
export function contentWords(kind: number, flags: number, payload: number): string {
  const what = kindWords(kind, flags)
  return payload > 0 ? `${what} ${payload} B` : what
}

function kindWords(kind: number, flags: number): string {
  if (kind === Kind.tcp4 || kind === Kind.tcp6) return flagWords(flags)
  if (kind === Kind.ip4 || kind === Kind.ip6) return protocolWords(kind === Kind.ip4 ? 'IPv4' : 'IPv6', flags)
  return KINDS[kind] ?? 'other'
}

/** Logs of earlier versions do not have the protocol: there, it is 0. */
function protocolWords(family: string, flags: number): string {
  const protocol = flags & CARRIED_PROTOCOL
  if (protocol === 0) return family
  const chunks = SCTP_CHUNKS.flatMap(([, name], at) => ((flags >> (FIRST_CHUNK + at)) & 1 ? [name] : []))
  if ((flags >> OTHER_CHUNK) & 1) chunks.push('other')
  const name = PROTOCOLS[protocol] ?? `IP protocol ${protocol}`
  return chunks.length === 0 ? name : `${name} ${chunks.join(' + ')}`
}

const FLAGS = ['syn', 'fin', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'] as const
/** By flags: evidence names those of every packet. */
const flagsNamed = new Map<number, string>()

function flagWords(all: number): string {
  // A log may hold anything.
  const flags = all & 0xff
  let words = flagsNamed.get(flags)
  if (words === undefined) {
    const set = FLAGS.filter((name) => (flags & Tcp[name]) !== 0)
    words = set.length === 0 ? 'no flags' : set.join(' ').toUpperCase()
    flagsNamed.set(flags, words)
  }
  return words
}

/** The name for a host code: the host's name, `lb`, `path`, `bypass` or `unknown`. */
export function hostName(hosts: readonly string[], code: number): string {
  if (code === Host.loadBalancer) return 'lb'
  if (code === Host.path) return 'path'
  if (code === Host.bypass) return 'bypass'
  return hosts[code] ?? 'unknown'
}
