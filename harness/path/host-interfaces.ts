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
 * The connection tracking of the hosts' own network interfaces: a TCP connection that was idle there for longer than its time-out
 * (TcpEstablishedTimeout) is forgotten, and what comes of it then is lost without a word. The first packet that comes to a host
 * begins a connection there, whatever it is; later only a SYN does.
 */
export class HostInterfaces {
  readonly #timeout: Nanos
  readonly #tracked = new Map<number, Tracked>()

  constructor(timeout: Nanos) {
    this.#timeout = timeout
  }

  /** Whether the packet of a flow, by its place in the flow table, comes through to its host. */
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
