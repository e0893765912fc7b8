import { Link, Tcp } from '../../model/codes.ts'
import { putU16, putU32 } from '../../wire/bytes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from '../../wire/checksum.ts'
import { Protocol } from '../../wire/numbers.ts'
import { emitTcp } from '../../wire/tcp.ts'
import { emitTcpOptions } from '../../wire/tcp-options.ts'
import { emitUdp } from '../../wire/udp.ts'
import { isPart, type PacketStep } from './notation.ts'

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
const L3 = 14
const L4 = L3 + 20
const WINDOW = 60_000
const MAC = [
  [2, 0, 0, 0, 0, 0xc1],
  [2, 0, 0, 0, 0, 0x51],
] as const
const NO_OPTIONS = new Uint8Array(0)
/** ICMP types and the code of an error: echo, its answer, destination unreachable, port. */
const ECHO = 8
const ANSWER = 0
const UNREACHABLE = 3
const PORT_UNREACHABLE = 3
const QUOTED = 28
/** Set aside for experiments (RFC 3692). */
const UNASSIGNED = 253
const MORE_FRAGMENTS = 0x2000
const DONT_FRAGMENT = 0x4000
const IDENTIFICATION = 7

/** Forges the packets of one probe, each end going on from what it has sent. */
export class Talk {
  readonly #ends: Ends
  /** By direction: the next sequence number, counted from the initial one. */
  readonly #next: [number, number] = [0, 0]
  /** By direction: the last datagram. */
  readonly #last: [Uint8Array, Uint8Array] = [NO_OPTIONS, NO_OPTIONS]

  constructor(ends: Ends) {
    this.#ends = ends
  }

  frame(step: PacketStep): Uint8Array {
    const { direction } = step
    const [protocol, body] = this.#body(step)
    const fragment = isPart(step.kind)
    const where = fragment ? (step.offset ?? 0) | (step.more === true ? MORE_FRAGMENTS : 0) : DONT_FRAGMENT
    const frame = new Uint8Array(L4 + body.length)
    frame.set([...MAC[direction === 0 ? 1 : 0], ...MAC[direction], 0x08, 0x00, 0x45], 0)
    putU16(frame, L3 + 2, 20 + body.length)
    putU16(frame, L3 + 4, fragment ? IDENTIFICATION : 0)
    putU16(frame, L3 + 6, where)
    frame[L3 + 8] = 64
    frame[L3 + 9] = protocol
    frame.set(this.#ends.addresses[direction], L3 + 12)
    frame.set(this.#ends.addresses[direction === 0 ? 1 : 0], L3 + 16)
    frame.set(body, L4)
    writeIpv4Checksum(frame, L3)
    if (!fragment && (protocol === Protocol.tcp || protocol === Protocol.udp || protocol === Protocol.icmp))
      writeTransportChecksum(frame, L3, L4, frame.length, protocol)
    if (step.damaged === true) frame[L4 + 16] = (frame[L4 + 16] ?? 0) ^ 0x55
    this.#last[direction] = frame.slice(L3)
    return frame
  }

  #body(step: PacketStep): readonly [number, Uint8Array] {
    const { kind, direction, length } = step
    if (kind === 'tcp') return [Protocol.tcp, this.#segment(step)]
    if (kind === 'udp') return [Protocol.udp, this.#datagram(direction, length)]
    if (kind === 'fragment') return [Protocol.udp, this.#part(step)]
    if (kind === 'segment-part') return [Protocol.tcp, this.#partOfSegment(step)]
    if (kind === 'error') return [Protocol.icmp, this.#error(direction)]
    if (kind === 'sctp') return [Protocol.sctp, this.#sctp(direction)]
    if (kind === 'unknown') return [UNASSIGNED, new Uint8Array(24)]
    const body = new Uint8Array(8 + length)
    body[0] = kind === 'echo' ? ECHO : ANSWER
    putU16(body, 4, this.#ends.ports[0])
    putU16(body, 6, 1)
    return [Protocol.icmp, body]
  }

  #segment(step: PacketStep): Uint8Array {
    const { direction, flags, length } = step
    const peer = direction === 0 ? 1 : 0
    const next = this.#next[direction]
    const options =
      step.stamp === undefined
        ? NO_OPTIONS
        : emitTcpOptions({ timestamps: { value: 1_000_000 + step.stamp, echo: 0 } })
    const body = new Uint8Array(20 + options.length + length)
    const at = emitTcp(
      {
        sourcePort: this.#ends.ports[direction],
        destinationPort: this.#ends.ports[peer],
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
    body.fill(0x78, at)
    const bare = (flags & Tcp.syn) === 0 ? 0 : 1
    if (step.seq === undefined)
      this.#next[direction] = next + length + bare + ((flags & Tcp.fin) === 0 ? 0 : 1)
    return body
  }

  #datagram(direction: 0 | 1, length: number): Uint8Array {
    const [from, to] = direction === 0 ? this.#ends.ports : [this.#ends.ports[1], this.#ends.ports[0]]
    const body = new Uint8Array(8 + length)
    body.fill(0x78, emitUdp({ sourcePort: from, destinationPort: to, payloadLength: length }, body, 0))
    return body
  }

  /** A part of one datagram of eight eights of bytes; the first one has its header, without a checksum. */
  #part({ direction, length, offset = 0 }: PacketStep): Uint8Array {
    const whole = this.#datagram(direction, 56)
    return whole.slice(offset * 8, (offset + length) * 8)
  }

  /** A part of one segment of six eights of bytes, with its checksum. */
  #partOfSegment({ direction, length, offset = 0 }: PacketStep): Uint8Array {
    const whole = new Uint8Array(L4 + 48)
    whole[L3] = 0x45
    whole.set(this.#ends.addresses[direction], L3 + 12)
    whole.set(this.#ends.addresses[direction === 0 ? 1 : 0], L3 + 16)
    const seq = 0
    whole.set(
      this.#segment({ kind: 'tcp', direction, flags: Tcp.psh | Tcp.ack, length: 28, seq, host: 0 }),
      L4,
    )
    writeTransportChecksum(whole, L3, L4, whole.length, Protocol.tcp)
    return whole.slice(L4 + offset * 8, L4 + (offset + length) * 8)
  }

  #error(direction: 0 | 1): Uint8Array {
    const about = this.#last[direction === 0 ? 1 : 0]
    const quoted = about.slice(0, Math.max(QUOTED, Math.min(about.length, 40)))
    const body = new Uint8Array(8 + quoted.length)
    body[0] = UNREACHABLE
    body[1] = PORT_UNREACHABLE
    body.set(quoted, 8)
    return body
  }

  #sctp(direction: 0 | 1): Uint8Array {
    const [from, to] = direction === 0 ? this.#ends.ports : [this.#ends.ports[1], this.#ends.ports[0]]
    const body = new Uint8Array(28)
    putU16(body, 0, from)
    putU16(body, 2, to)
    putU32(body, 4, 1)
    return body
  }
}
