import { putU32, u8, u32 } from '../bytes.ts'
import { writeTransportChecksum } from '../checksum.ts'
import { isIpv6 } from '../ip.ts'
import { checkIpv4, emitIpv4 } from '../ipv4.ts'
import { EtherType, Protocol } from '../numbers.ts'
import { checkUdp, emitUdp, parseUdp } from '../udp.ts'
import { AWS_CLASS, findMarks, MARKS, noMarks } from './gateway-marks.ts'
import { GENEVE_PORT } from './geneve.ts'
import { emitGeneve, type GeneveHeader, geneveLength, parseGeneve } from './geneve-header.ts'

/** Bytes that the gateway load balancer's encapsulation adds: IPv4, UDP, GENEVE and its three options (its guide). */
export const GENEVE_OVERHEAD = 68

const IPV4 = 20
const UDP = 8

/** What the gateway load balancer says of the flow that a packet belongs to. */
export interface FlowMarks {
  /** Of the VPC endpoint that the packet came in by, 64 bits. */
  readonly endpoint: bigint
  readonly attachment: bigint
  /** One a flow, 32 bits, unsigned. */
  readonly cookie: number
}

/** The ends of the tunnel; the load balancer's source port differs from flow to flow. */
export interface Outer {
  readonly source: Uint8Array
  readonly destination: Uint8Array
  readonly sourcePort: number
}

/** A datagram taken apart: views of it, not copies. */
export interface Decapsulated {
  readonly outer: Outer
  /** With all options, those that are not known too, in their order. */
  readonly header: GeneveHeader
  readonly marks: FlowMarks
  readonly inner: Uint8Array
}

/** An IP packet as the load balancer sends it to a target: an IPv4 datagram, 68 bytes longer. */
export function encapsulate(inner: Uint8Array, marks: FlowMarks, outer: Outer): Uint8Array {
  const header: GeneveHeader = {
    control: false,
    critical: false,
    protocol: isIpv6(inner, 0) ? EtherType.ipv6 : EtherType.ipv4,
    vni: 0,
    options: [
      { optionClass: AWS_CLASS, type: MARKS[0].type, data: bytesOf(marks.endpoint) },
      { optionClass: AWS_CLASS, type: MARKS[1].type, data: bytesOf(marks.attachment) },
      { optionClass: AWS_CLASS, type: MARKS[2].type, data: bytesOf(BigInt(marks.cookie)).subarray(4) },
    ],
  }
  return datagramOf(inner, header, outer)
}

/**
 * What a target sends back: the same GENEVE header, whatever options it has and the cookie above all, the outer addresses swapped,
 * the UDP ports as they were. `inner`: the packet that came, or one of the target's own about the same flow, such as a reset.
 */
export function sendBack(came: Decapsulated, inner: Uint8Array): Uint8Array {
  const { source, destination, sourcePort } = came.outer
  const protocol = isIpv6(inner, 0) ? EtherType.ipv6 : EtherType.ipv4
  const outer = { source: destination, destination: source, sourcePort }
  return datagramOf(inner, { ...came.header, protocol }, outer)
}

/** Takes an IPv4 datagram apart, options in any order; a sentence where it is none of the load balancer's. */
export function decapsulate(datagram: Uint8Array): Decapsulated | string {
  const end = datagram.length
  const wrong = checkIpv4(datagram, 0, end)
  if (wrong !== undefined) return wrong
  const udpAt = (u8(datagram, 0) & 15) << 2
  if (datagram[9] !== Protocol.udp) return `IP protocol is ${datagram[9]}, not UDP`
  const badUdp = checkUdp(datagram, udpAt, end)
  const udp = parseUdp(datagram, udpAt, end)
  if (badUdp !== undefined || udp === undefined) return badUdp ?? 'no UDP'
  if (udp.destinationPort !== GENEVE_PORT) return `UDP port is ${udp.destinationPort}, not ${GENEVE_PORT}`
  const geneveAt = udpAt + UDP
  const stop = geneveAt + udp.payloadLength
  if (stop > end) return `UDP length is ${stop - udpAt}, ${end - udpAt} bytes are there`
  const places = noMarks()
  const badMarks = findMarks(datagram, geneveAt, stop, places)
  const header = parseGeneve(datagram, geneveAt, stop)
  if (badMarks !== undefined || header === undefined) return badMarks ?? 'no GENEVE'
  const inner = datagram.subarray(places.inner, stop)
  const marks = {
    endpoint: numberAt(datagram, places.endpoint),
    attachment: numberAt(datagram, places.attachment),
    cookie: u32(datagram, places.cookie),
  }
  const outer = {
    source: datagram.subarray(12, 16),
    destination: datagram.subarray(16, 20),
    sourcePort: udp.sourcePort,
  }
  return { outer, header, marks, inner }
}

function datagramOf(inner: Uint8Array, header: GeneveHeader, outer: Outer): Uint8Array {
  const geneve = geneveLength(header)
  const bytes = new Uint8Array(IPV4 + UDP + geneve + inner.length)
  const udpAt = emitIpv4(
    {
      tos: 0,
      id: 0,
      // The load balancer knows no fragments (its guide, MTU).
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: 64,
      protocol: Protocol.udp,
      source: outer.source,
      destination: outer.destination,
      options: new Uint8Array(0),
      payloadLength: UDP + geneve + inner.length,
    },
    bytes,
    0,
  )
  const ports = { sourcePort: outer.sourcePort, destinationPort: GENEVE_PORT }
  const geneveAt = emitUdp({ ...ports, payloadLength: geneve + inner.length }, bytes, udpAt)
  bytes.set(inner, emitGeneve(header, bytes, geneveAt))
  writeTransportChecksum(bytes, 0, udpAt, bytes.length, Protocol.udp)
  return bytes
}

/** 64 bits, big-endian. */
function bytesOf(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  putU32(bytes, 0, Number(BigInt.asUintN(64, value) >> 32n))
  putU32(bytes, 4, Number(BigInt.asUintN(32, value)))
  return bytes
}

function numberAt(bytes: Uint8Array, at: number): bigint {
  return (BigInt(u32(bytes, at)) << 32n) | BigInt(u32(bytes, at + 4))
}
