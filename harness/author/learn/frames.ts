import { Link, Tcp } from '../../model/codes.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { putU16 } from '../../wire/bytes.ts'
import { writeTransportChecksum } from '../../wire/checksum.ts'
import { Protocol } from '../../wire/numbers.ts'
import { emitTcp } from '../../wire/tcp.ts'
import { emitTcpOptions } from '../../wire/tcp-options.ts'
import { emitUdp } from '../../wire/udp.ts'
import { associationPacket } from './association.ts'
import { carried, etherTypeOf, ipv4Datagram, ipv6Datagram, type Part } from './envelopes.ts'
import { isPart, type PacketStep } from './notation.ts'
import { TEXTS } from './texts.ts'

/** The two ends of a probe. */
export interface Ends {
  /** IPv4 addresses of client and server. */
  readonly addresses: readonly [readonly number[], readonly number[]]
  readonly ports: readonly [number, number]
  /** Initial sequence numbers. */
  readonly initial: readonly [number, number]
}

/** The link layer of probes. */
export const PROBE_LINK = Link.ethernet
const ETHERNET = 14
const WINDOW = 60_000
const MAC = [
  [2, 0, 0, 0, 0, 0xc1],
  [2, 0, 0, 0, 0, 0x51],
] as const
const NO_OPTIONS = new Uint8Array(0)
/** ICMP types, the code of an error about a port, and bytes that one quotes at least. */
const ICMP4 = { echo: 8, answer: 0, unreachable: 3, port: 3, quoted: 28 }
const ICMP6 = { echo: 128, answer: 129, unreachable: 1, port: 4, quoted: 48 }
/** Set aside for experiments (RFC 3692). */
const UNASSIGNED = 253
const HAVE_CHECKSUM: ReadonlySet<number> = new Set([
  Protocol.tcp,
  Protocol.udp,
  Protocol.icmp,
  Protocol.icmp6,
])
/** Added to the third byte of addresses: the ends of tunnels. */
const TUNNELS = 64
/** The first port of flows that are opened besides, and how many follow. */
const FREE_PORTS = 32_768

/** Forges the packets of one probe, each end going on from what it has sent. */
export class Talk {
  readonly #ends: Ends
  /** By direction: the next sequence number, counted from the initial one. */
  readonly #next: [number, number] = [0, 0]
  /** By direction: the last datagram. */
  readonly #last: [Uint8Array, Uint8Array] = [NO_OPTIONS, NO_OPTIONS]

  /** Of the server; undefined: that of all probes. */
  #port: number | undefined
  /** Connections and flows beside the first. */
  #connections = 0
  #others = 0
  #pattern: Uint8Array | undefined

  constructor(ends: Ends) {
    this.#ends = ends
  }

  frame(step: PacketStep): Uint8Array {
    const { direction, port, kind } = step
    if (kind === 'another') return this.#another(step)
    if (port !== undefined && port !== this.#port) this.#connect(port)
    const [protocol, body] = this.#body(step)
    const isFragment = isPart(step.kind)
    const part = isFragment ? { offset: step.offset ?? 0, more: step.more === true } : undefined
    const datagram = this.#datagramOf(step, protocol, body, part)
    const l4 = datagram.length - body.length
    if (!isFragment && HAVE_CHECKSUM.has(protocol))
      writeTransportChecksum(datagram, 0, l4, datagram.length, protocol)
    if (step.damaged === true) datagram[l4 + 16] = (datagram[l4 + 16] ?? 0) ^ 0x55
    this.#last[direction] = datagram
    const sent =
      step.carrier === undefined ? datagram : carried(step.carrier, this.#tunnel(direction), datagram)
    return inEthernet(sent, direction)
  }

  /** Another connection, from the next port of the client. */
  #connect(port: number): void {
    this.#port = port
    this.#connections++
    this.#next[0] = this.#next[1] = 0
  }

  #datagramOf({ six, direction }: PacketStep, protocol: number, body: Uint8Array, part?: Part): Uint8Array {
    const addresses = inTurn(this.#ends.addresses, direction)
    return six === true
      ? ipv6Datagram(protocol, addresses, body, part)
      : ipv4Datagram(protocol, addresses, body, part)
  }

  /** The ends of a tunnel between client and server. */
  #tunnel(direction: 0 | 1): readonly (readonly number[])[] {
    const ends = this.#ends.addresses.map(([a = 0, b = 0, c = 0, d = 0]) => [a, b, c + TUNNELS, d])
    return inTurn(ends, direction)
  }

  /** Source and destination. */
  #ports(direction: 0 | 1): readonly number[] {
    const [client, server] = this.#ends.ports
    return inTurn([client + this.#connections, this.#port ?? server], direction)
  }

  #body(step: PacketStep): readonly [number, Uint8Array] {
    const { kind, direction, length, six = false } = step
    if (kind === 'tcp') return [Protocol.tcp, this.#segment(step)]
    if (kind === 'udp') return [Protocol.udp, this.#datagram(this.#ports(direction), length)]
    if (kind === 'fragment') return [Protocol.udp, this.#part(step)]
    if (kind === 'segment-part') return [Protocol.tcp, this.#partOfSegment(step)]
    const icmp = six ? Protocol.icmp6 : Protocol.icmp
    if (kind === 'error') return [icmp, this.#error(direction, six ? ICMP6 : ICMP4)]
    if (kind === 'sctp') {
      const tags = inTurn(this.#ends.initial, direction) as [number, number]
      return [Protocol.sctp, associationPacket(this.#ports(direction), tags, step.text)]
    }
    // Version 0, round what nobody knows.
    if (kind === 'envelope') return [Protocol.gre, Uint8Array.of(0, 0, 0xff, 0xff, ...new Uint8Array(20))]
    if (kind === 'unknown') return [UNASSIGNED, new Uint8Array(24)]
    const { echo, answer } = six ? ICMP6 : ICMP4
    const body = new Uint8Array(8 + length)
    body[0] = kind === 'echo' ? echo : answer
    putU16(body, 4, this.#ends.ports[0])
    putU16(body, 6, 1)
    return [icmp, body]
  }

  #segment(step: PacketStep): Uint8Array {
    const { direction, flags } = step
    const peer = direction === 0 ? 1 : 0
    const said = step.text === undefined ? undefined : textOf(step.text, this.#ends.addresses[1])
    const length = said?.length ?? step.length
    const [sourcePort = 0, destinationPort = 0] = this.#ports(direction)
    const next = this.#next[direction]
    const options =
      step.stamp === undefined
        ? NO_OPTIONS
        : emitTcpOptions({ timestamps: { value: 1_000_000 + step.stamp, echo: 0 } })
    const body = new Uint8Array(20 + options.length + length)
    const at = emitTcp(
      {
        sourcePort,
        destinationPort,
        seq: (this.#ends.initial[direction] + next + (step.seq ?? 0)) >>> 0,
        ack:
          (flags & Tcp.ack) === 0 ? 0 : (this.#ends.initial[peer] + this.#next[peer] + (step.ack ?? 0)) >>> 0,
        reserved: 0,
        flags,
        window: step.window ?? WINDOW,
        urgent: 0,
        options,
      },
      body,
      0,
    )
    if (said === undefined) body.fill(0x78, at)
    else body.set(said, at)
    const bare = (flags & Tcp.syn) === 0 ? 0 : 1
    if (step.seq === undefined)
      this.#next[direction] = next + length + bare + ((flags & Tcp.fin) === 0 ? 0 : 1)
    return body
  }

  #datagram([sourcePort = 0, destinationPort = 0]: readonly number[], length: number): Uint8Array {
    const body = new Uint8Array(8 + length)
    body.fill(0x78, emitUdp({ sourcePort, destinationPort, payloadLength: length }, body, 0))
    return body
  }

  /** From each of the client's last ports to one of the server's, then to the next: many are made from one. */
  #another({ length }: PacketStep): Uint8Array {
    const ports = [
      FREE_PORTS + (this.#others % FREE_PORTS),
      FREE_PORTS + Math.floor(this.#others / FREE_PORTS),
    ] as const
    this.#others++
    this.#pattern ??= inEthernet(
      ipv4Datagram(Protocol.udp, this.#ends.addresses, this.#datagram(ports, length)),
      0,
    )
    const frame = this.#pattern.slice()
    const l4 = frame.length - 8 - length
    putU16(frame, l4, ports[0])
    putU16(frame, l4 + 2, ports[1])
    writeTransportChecksum(frame, ETHERNET, l4, frame.length, Protocol.udp)
    return frame
  }

  /** A part of one datagram of eight eights of bytes; the first one has its header, over IPv4 without a checksum. */
  #part(step: PacketStep): Uint8Array {
    const { direction, length, offset = 0, six } = step
    const body = this.#datagram(this.#ports(direction), 56)
    return (six === true ? this.#summed(Protocol.udp, step, body) : body).slice(
      offset * 8,
      (offset + length) * 8,
    )
  }

  /** A part of one segment of six eights of bytes, with its checksum. */
  #partOfSegment(step: PacketStep): Uint8Array {
    const { direction, length, offset = 0 } = step
    const flags = Tcp.psh | Tcp.ack
    const segment = this.#segment({ kind: 'tcp', direction, flags, length: 28, seq: 0, host: 0 })
    return this.#summed(Protocol.tcp, step, segment).slice(offset * 8, (offset + length) * 8)
  }

  /** What is in a datagram, with its checksum. */
  #summed(protocol: number, step: PacketStep, body: Uint8Array): Uint8Array {
    const whole = this.#datagramOf(step, protocol, body)
    const l4 = whole.length - body.length
    writeTransportChecksum(whole, 0, l4, whole.length, protocol)
    return whole.subarray(l4)
  }

  #error(direction: 0 | 1, { unreachable, port, quoted }: typeof ICMP4): Uint8Array {
    const about = this.#last[direction === 0 ? 1 : 0]
    const quote = about.slice(0, Math.max(quoted, Math.min(about.length, quoted + 12)))
    const body = new Uint8Array(8 + quote.length)
    body[0] = unreachable
    body[1] = port
    body.set(quote, 8)
    return body
  }
}

function inEthernet(datagram: Uint8Array, direction: 0 | 1): Uint8Array {
  const frame = new Uint8Array(ETHERNET + datagram.length)
  frame.set(MAC[direction === 0 ? 1 : 0], 0)
  frame.set(MAC[direction], 6)
  putU16(frame, 12, etherTypeOf(datagram))
  frame.set(datagram, ETHERNET)
  return frame
}

/** The sender's, then the receiver's. */
function inTurn<T>([client, server]: readonly [T, T] | readonly T[], direction: 0 | 1): readonly T[] {
  return (direction === 0 ? [client, server] : [server, client]) as T[]
}

/** Throws ERR_PROBE where there is no such text. */
function textOf(name: string, server: readonly number[]): Uint8Array {
  const text = TEXTS[name]
  if (text === undefined)
    throw new FlowbreakError('ERR_PROBE', `A probe says "${name}", which is not a known text.`)
  return Buffer.from(text(server), 'latin1')
}
