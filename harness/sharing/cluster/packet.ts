import type { PacketBatch } from '../../model/batch.ts'
import { Host, Kind, Reason, Tcp, Verdict } from '../../model/codes.ts'
import { DECIDED } from '../../model/sharing.ts'
import { buildReset } from '../../wire/reset.ts'

const DNS = 53

export function isFragment({ kind }: PacketBatch, index: number): boolean {
  return kind[index] === Kind.fragment4 || kind[index] === Kind.fragment6
}

export function isTcp({ kind }: PacketBatch, index: number): boolean {
  return kind[index] === Kind.tcp4 || kind[index] === Kind.tcp6
}

export function isSynAck(packets: PacketBatch, index: number): boolean {
  const opening = Tcp.syn | Tcp.ack
  return isTcp(packets, index) && ((packets.flags[index] ?? 0) & (opening | Tcp.rst)) === opening
}

/** Whether a packet belongs to a flow so short that nobody asks for its owner: DNS. */
export function isShortLived(packets: PacketBatch, index: number): boolean {
  const kind = packets.kind[index]
  return (kind === Kind.udp4 || kind === Kind.udp6) && hasPort(packets, index, DNS)
}

/** Whether a TCP packet comes from or goes to a port. */
export function isTcpOfPort(packets: PacketBatch, index: number, port: number | undefined): boolean {
  return port !== undefined && isTcp(packets, index) && hasPort(packets, index, port)
}

function hasPort({ ports }: PacketBatch, index: number, port: number): boolean {
  const both = ports[index] ?? 0
  return both >>> 16 === port || (both & 0xffff) === port
}

/** The packet is lost between the load balancer and a node, or between two nodes. */
export function lose(packets: PacketBatch, index: number): number {
  packets.verdict[index] = Verdict.drop
  packets.reason[index] = Reason['packet too big']
  return Host.path
}

/** The node drops a packet of a connection that another node owns. */
export function dropElsewhere(packets: PacketBatch, index: number): number {
  packets.verdict[index] = Verdict.drop
  packets.reason[index] = isTcp(packets, index) ? Reason['stream midstream'] : Reason.none
  return DECIDED
}

/** Emits a reset about a packet that the node drops, which makes the verdict a reject. None is sent about a reset. */
export function reset(packets: PacketBatch, index: number, node: number, to: 'sender' | 'receiver'): void {
  const built = buildReset(packets, index, to, 'rfc')
  if (built === undefined) return
  packets.verdict[index] = Verdict.reject
  packets.emitted.push({
    cause: index,
    kind: 'tcp-rst',
    to,
    by: node,
    at: packets.time[index] ?? 0,
    link: packets.link[index] ?? 0,
    ...built,
  })
}

/** Whether the exception policy has dropped a SYN-ACK silently. */
export function isDroppedSynAck(packets: PacketBatch, index: number): boolean {
  return (
    isSynAck(packets, index) &&
    packets.verdict[index] === Verdict.drop &&
    packets.reason[index] === Reason['stream midstream']
  )
}
