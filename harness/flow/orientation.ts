import type { FlowInfo } from '../model/capture.ts'
import { Tcp } from '../model/codes.ts'
import { Protocol } from '../wire/numbers.ts'

/** How the client was determined, and how the flow starts; the codes are indices. */
export const ORIENTATIONS: readonly FlowInfo['orientation'][] = ['syn', 'syn-ack', 'ports', 'first-packet']
export const OPENINGS: readonly FlowInfo['opens'][] = ['syn', 'syn-ack', 'mid', 'n/a']

const Orientation = { syn: 0, synAck: 1, ports: 2, firstPacket: 3 } as const
const Opening = { syn: 0, synAck: 1, mid: 2, none: 3 } as const

/** Ports below this are assigned to services only (RFC 6335 6). */
const FIRST_USER_PORT = 1024

/** How a flow's first packet opens it: an index into `OPENINGS`. */
export function openingOf(protocol: number, flags: number): number {
  if (protocol !== Protocol.tcp) return Opening.none
  const kind = flags & (Tcp.syn | Tcp.ack | Tcp.fin | Tcp.rst)
  if (kind === Tcp.syn) return Opening.syn
  return kind === (Tcp.syn | Tcp.ack) ? Opening.synAck : Opening.mid
}

/**
 * How the client of a flow is determined from its first packet, an index into `ORIENTATIONS`: by a SYN or SYN-ACK; else by different
 * ports; else by who sends first. UDP has no opening and may use a pair of user ports either way, so there only a port below 1024
 * counts.
 */
export function orientationOf(protocol: number, opening: number, ports: number): number {
  if (opening === Opening.syn) return Orientation.syn
  if (opening === Opening.synAck) return Orientation.synAck
  const source = ports >>> 16
  const destination = ports & 0xffff
  const lower = Math.min(source, destination)
  const counts = protocol === Protocol.tcp || (protocol === Protocol.udp && lower < FIRST_USER_PORT)
  return counts && source !== destination ? Orientation.ports : Orientation.firstPacket
}

/** Whether the sender of the first packet is the client. By ports: the lower port is the server's. */
export function senderIsClient(orientation: number, ports: number): boolean {
  if (orientation === Orientation.synAck) return false
  return orientation !== Orientation.ports || ports >>> 16 > (ports & 0xffff)
}
