import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Tcp } from '../model/codes.ts'
import { isTcpFlow } from './packet.ts'

interface Tracked {
  readonly flow: number
  host: number
  /** -Infinity: the interface has forgotten it. */
  lastSeen: Nanos
}

/**
 * The connection tracking of the hosts' own network interfaces: it forgets a TCP connection that was idle for longer than its time-out
 * (TcpEstablishedTimeout), and then drops its packets silently. The first packet that reaches a host begins a connection there,
 * whatever it is; later only a SYN does.
 */
export class HostInterfaces {
  readonly #timeout: Nanos
  readonly #tracked = new Map<number, Tracked>()

  constructor(timeout: Nanos) {
    this.#timeout = timeout
  }

  /** Whether a packet gets through to its host; `place`: its flow's place in the flow table. */
  admits(packets: PacketBatch, index: number, place: number, host: number): boolean {
    if (!isTcpFlow(packets, index)) return true
    const now = packets.time[index] ?? 0
    const flow = packets.flow[index] ?? -1
    const tracked = this.#tracked.get(place)
    if (tracked?.flow !== flow) {
      this.#tracked.set(place, { flow, host, lastSeen: now })
      return true
    }
    const opens = ((packets.flags[index] ?? 0) & (Tcp.syn | Tcp.ack)) === Tcp.syn
    if (host === tracked.host && !opens && now - tracked.lastSeen > this.#timeout) {
      tracked.lastSeen = Number.NEGATIVE_INFINITY
      return false
    }
    tracked.host = host
    tracked.lastSeen = opens ? now : Math.max(tracked.lastSeen, now)
    return true
  }

  reset(): void {
    this.#tracked.clear()
  }
}
