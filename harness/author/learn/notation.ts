import { Tcp } from '../../model/codes.ts'
import { FlowbreakError } from '../../support/errors.ts'

/**
 * What a packet of a probe is: a TCP segment by its flags, a UDP datagram, an ICMP echo or its answer, an ICMP error about the last
 * packet that its receiver sent, a packet of an IP protocol with ports (SCTP) or one that nobody knows, a GRE packet round something that is
 * not looked into, or a fragment of a UDP datagram or of a TCP segment.
 */
export type PacketKind =
  | 'tcp'
  | 'udp'
  | 'echo'
  | 'answer'
  | 'error'
  | 'sctp'
  | 'unknown'
  | 'envelope'
  | 'fragment'
  | 'segment-part'
  /** A UDP datagram of the client from another port each time: a flow of its own. */
  | 'another'

/** What packets travel in: IPv4 with GRE (RFC 2784), or IPv4 in IPv4 (RFC 2003). */
export type Carrier = 'gre' | 'ipip'

export interface PacketStep {
  readonly kind: PacketKind
  readonly direction: 0 | 1
  /** Bits of `Tcp`. */
  readonly flags: number
  /** Bytes of payload; of a fragment, eights of bytes. */
  readonly length: number
  /** Added to the number that would be right; absent: it is, and the sender goes on from there. */
  readonly seq?: number
  readonly ack?: number
  readonly window?: number
  /** Of a fragment: where it begins, in eights of bytes. */
  readonly offset?: number
  /** A fragment that is not the last one. */
  readonly more?: boolean
  /** A transport checksum that is wrong. */
  readonly damaged?: boolean
  /** TCP timestamps. */
  readonly stamp?: number
  /** The host that it is sent to. */
  readonly host: number
  /** Over IPv6. */
  readonly six?: true
  readonly carrier?: Carrier
  /** The server's port, where it is not that of all probes: another connection. */
  readonly port?: number
  /** What its payload says: a name of `TEXTS`, of SCTP one of a chunk. */
  readonly text?: string
}

/** What happens to hosts between packets, as `HostEvent` has it. */
export type EventStep =
  | { readonly kind: 'replicate' }
  | { readonly kind: 'takeover' }
  | { readonly kind: 'set-timeout'; readonly seconds: number }
  | { readonly kind: 'fill-table' }

export interface Step {
  /** Seconds since the step before. */
  readonly gap: number
  readonly packet?: PacketStep
  readonly event?: EventStep
}

/** Seconds between packets where nothing is said, and between those of other flows. */
const PACE = 0.01
const RUSH = 1e-6
const FLAGS: Readonly<Record<string, number>> = {
  S: Tcp.syn,
  A: Tcp.ack,
  F: Tcp.fin,
  R: Tcp.rst,
  P: Tcp.psh,
  U: Tcp.urg,
  N: 0,
}
const KINDS: Readonly<Record<string, PacketKind>> = {
  u: 'udp',
  e: 'echo',
  r: 'answer',
  x: 'error',
  s: 'sctp',
  o: 'unknown',
  v: 'envelope',
  f: 'fragment',
  g: 'segment-part',
  n: 'another',
}
const PACKET =
  /^([<>])([SAFRPUN]+|[uerxsovfgn])(?::(\d+)|=([a-z]+))?(?:@(-?\d+))?(?:\/(-?\d+))?(?:w(\d+))?(?:t(-?\d+))?(m)?(!)?(?:\*(\d+))?$/

/**
 * Reads a probe: words between spaces. `>SA` is a segment with SYN and ACK from the client, `<` from the server; `:10` its payload,
 * `@5` and `/-3` what is added to its right sequence number and acknowledgement, `w0` its window, `t7` its timestamp, `!` a wrong
 * checksum. `>u` UDP, `>e` echo, `<r` its answer, `<x` an ICMP error, `>s` SCTP without a chunk, `>s=init` with one (association.ts), `>o` a protocol that nobody knows, `>v` GRE; `>f:2@0m` two eights of bytes of a
 * datagram from its beginning, more to come, `>g` the same of a segment; `>n` a datagram of another flow. `*3` is sent three times, `=get` says a
 * text of `TEXTS`. `+60` waits so many seconds, `#1` goes on at the second host, `port=21` with another connection, `ipv6` over IPv6, `gre` and `ipip` in a tunnel;
 * `[replicate]`, `[takeover]`, `[timeout=100]` and `[fill]` happen to hosts; `open` is a handshake. Throws ERR_PROBE.
 */
export function parseProbe(text: string): readonly Step[] {
  const steps: Step[] = []
  let gap = PACE
  let host = 0
  let way: Pick<PacketStep, 'six' | 'carrier' | 'port'> = {}
  const add = (step: Omit<Step, 'gap'>) => {
    steps.push({ gap, ...step })
    gap = PACE
  }
  for (const word of text.replaceAll('open', '>S <SA >A').split(' ').filter(Boolean)) {
    const packet = packetOf(word, host)
    const event = eventOf(word)
    const other = wayOf(word)
    if (packet !== undefined) {
      const sent = { packet: { ...packet, ...way } }
      const again = { gap: packet.kind === 'another' ? RUSH : PACE, ...sent }
      const times = timesOf(word)
      if (times > 0) add(sent)
      for (let n = 1; n < times; n++) steps.push(again)
    } else if (event !== undefined) add({ event })
    else if (other !== undefined) way = { ...way, ...other }
    else if (/^\+\d+(\.\d+)?$/.test(word)) gap += Number(word.slice(1)) - PACE
    else if (/^#\d$/.test(word)) host = Number(word.slice(1))
    else
      throw new FlowbreakError(
        'ERR_PROBE',
        `"${word}" in the probe "${text}" is not a packet, wait, host or event.`,
      )
  }
  return steps
}

function packetOf(word: string, host: number): PacketStep | undefined {
  const match = PACKET.exec(word)
  if (match === null) return undefined
  const [, side, what = '', length, text, seq, ack, window, stamp, more, damaged] = match
  const kind = KINDS[what] ?? 'tcp'
  const flags = kind === 'tcp' ? [...what].reduce((bits, each) => bits | (FLAGS[each] ?? 0), 0) : 0
  return {
    kind,
    direction: side === '>' ? 0 : 1,
    flags,
    length: Number(length ?? (kind === 'tcp' ? 0 : 2)),
    host,
    ...(text === undefined ? {} : { text }),
    ...(seq === undefined ? {} : isPart(kind) ? { offset: Number(seq) } : { seq: Number(seq) }),
    ...(ack === undefined ? {} : { ack: Number(ack) }),
    ...(window === undefined ? {} : { window: Number(window) }),
    ...(stamp === undefined ? {} : { stamp: Number(stamp) }),
    ...(more === undefined ? {} : { more: true }),
    ...(damaged === undefined ? {} : { damaged: true }),
  }
}

/** How often a packet is sent. */
function timesOf(word: string): number {
  return Number(/\*(\d+)$/.exec(word)?.[1] ?? 1)
}

function wayOf(word: string): Pick<PacketStep, 'six' | 'carrier' | 'port'> | undefined {
  if (word === 'ipv6') return { six: true }
  if (word === 'gre' || word === 'ipip') return { carrier: word }
  const port = /^port=(\d+)$/.exec(word)?.[1]
  return port === undefined ? undefined : { port: Number(port) }
}

/** A fragment of a datagram. */
export function isPart(kind: PacketKind): boolean {
  return kind === 'fragment' || kind === 'segment-part'
}

function eventOf(word: string): EventStep | undefined {
  if (word === '[replicate]') return { kind: 'replicate' }
  if (word === '[takeover]') return { kind: 'takeover' }
  if (word === '[fill]') return { kind: 'fill-table' }
  const seconds = /^\[timeout=(\d+)\]$/.exec(word)?.[1]
  return seconds === undefined ? undefined : { kind: 'set-timeout', seconds: Number(seconds) }
}
