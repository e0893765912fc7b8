import { Host, Kind, Tcp } from '../model/codes.ts'
import type { CaseTrace } from '../model/run-log.ts'

const KINDS: Readonly<Record<number, string>> = {
  [Kind.udp4]: 'UDP',
  [Kind.udp6]: 'UDP',
  [Kind.icmp4]: 'ICMP',
  [Kind.icmp6]: 'ICMPv6',
  [Kind.fragment4]: 'fragment',
  [Kind.fragment6]: 'fragment',
  [Kind.ip4]: 'IPv4',
  [Kind.ip6]: 'IPv6',
  [Kind.malformed]: 'malformed',
  [Kind.cut]: 'cut',
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

/** The content of a packet: `SYN`, `PSH ACK 128 B`, `UDP 40 B`. */
export function contentWords(kind: number, flags: number, payload: number): string {
  const tcp = kind === Kind.tcp4 || kind === Kind.tcp6
  const what = tcp ? flagWords(flags) : (KINDS[kind] ?? 'other')
  return payload > 0 ? `${what} ${payload} B` : what
}

const FLAGS = ['syn', 'fin', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'] as const
/** By flags: evidence names those of every packet. */
const flagsNamed = new Map<number, string>()

function flagWords(flags: number): string {
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
