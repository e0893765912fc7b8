import type { PacketBatch } from '../model/batch.ts'
import { Host, Reason, Verdict } from '../model/codes.ts'
import { buildReset } from '../wire/reset.ts'

/** The load balancer absorbs a packet. */
export function absorb(packets: PacketBatch, index: number, reason: number, verdict: number = Verdict.drop) {
  decide(packets, index, Host.loadBalancer, verdict, reason)
}

/** A packet is lost silently between the load balancer and its host, and counted by neither. */
export function lose(packets: PacketBatch, index: number, reason: number): void {
  decide(packets, index, Host.path, Verdict.drop, reason)
}

/** A packet goes around the load balancer and the hosts. */
export function bypass(packets: PacketBatch, index: number): void {
  decide(packets, index, Host.bypass, Verdict.forward, Reason.bypass)
}

/** Absorbs a packet and answers its sender with a reset, if the packet may be answered with one; returns whether it was. */
export function resetSender(packets: PacketBatch, index: number, reason: number): boolean {
  const reset = buildReset(packets, index, 'sender', 'rfc')
  absorb(packets, index, reason, reset === undefined ? Verdict.drop : Verdict.reject)
  if (reset === undefined) return false
  packets.emitted.push({
    cause: index,
    kind: 'tcp-rst',
    to: 'sender',
    by: Host.loadBalancer,
    at: packets.time[index] ?? 0,
    link: packets.link[index] ?? 0,
    ...reset,
  })
  return true
}

function decide(packets: PacketBatch, index: number, host: number, verdict: number, reason: number): void {
  packets.host[index] = host
  packets.verdict[index] = verdict
  packets.reason[index] = reason
}
