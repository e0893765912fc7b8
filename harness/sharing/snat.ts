import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Direction, Host, Kind, Reason, Tcp, Verdict } from '../model/codes.ts'
import type { MakeSharing, SharingModel } from '../model/sharing.ts'
import type { HostEvent } from '../model/timeline.ts'

/** Nobody translates the flow: the host that did is gone, and its address with it. */
const LOST = -1

/**
 * Each host writes an address of its own into packets to servers, so that answers come back to it whichever way they take. No byte is
 * rewritten here: the translation of a flow is the host that it goes through, and that decides where the server's packets arrive.
 */
class SourceTranslation implements SharingModel {
  readonly watchesPackets = true
  readonly pending = undefined
  /** By flow: the host whose address the server knows as its client's, or `LOST`. */
  readonly #translators = new Map<number, number>()
  /** TCP connections, which keep their translation until they are opened again. */
  readonly #connections = new Set<number>()
  /** By flow: the last packet that left with a new source, from which its server knows no connection. */
  readonly #strangers = new Map<number, { readonly host: number; readonly ack: number }>()

  arrive(packets: PacketBatch, index: number, host: number): number {
    if (packets.direction[index] !== Direction.s2c) return host
    const translator =
      this.#answersStranger(packets, index) ?? this.#translators.get(packets.flow[index] ?? -1)
    if (translator === undefined || translator === host) return host
    if (translator !== LOST) {
      packets.parts.push({ cause: index, host: translator, part: 'translator' })
      return translator
    }
    packets.verdict[index] = Verdict.drop
    packets.reason[index] = Reason['target unreachable']
    return Host.path
  }

  /** A connection that is opened, or any other flow, is translated by the host that forwards the client's packet. */
  decided(packets: PacketBatch, index: number, host: number): void {
    const flow = packets.flow[index] ?? -1
    if (flow < 0 || packets.direction[index] !== Direction.c2s) return
    if (packets.verdict[index] !== Verdict.forward) return
    const kind = packets.kind[index]
    const known = this.#translators.get(flow)
    if (known === undefined && (kind === Kind.tcp4 || kind === Kind.tcp6)) this.#connections.add(flow)
    const opens = ((packets.flags[index] ?? 0) & (Tcp.syn | Tcp.ack)) === Tcp.syn
    if (opens || known === undefined || !this.#connections.has(flow)) this.#translators.set(flow, host)
    else if (known !== host) {
      packets.parts.push({ cause: index, host, part: 'new source' })
      this.#strangers.set(flow, { host, ack: packets.ack[index] ?? 0 })
    }
  }

  /** The host that gets a reset which answers a packet without a connection (RFC 9293 3.10.7.1): its number is that packet's ack. */
  #answersStranger(packets: PacketBatch, index: number): number | undefined {
    if (((packets.flags[index] ?? 0) & (Tcp.rst | Tcp.ack)) !== Tcp.rst) return undefined
    const stranger = this.#strangers.get(packets.flow[index] ?? -1)
    return stranger?.ack === packets.seq[index] ? stranger?.host : undefined
  }

  apply(event: HostEvent, _at: Nanos): void {
    if (event.kind !== 'crash') return
    for (const [flow, host] of this.#translators) if (host === event.host) this.#translators.set(flow, LOST)
    for (const [flow, stranger] of this.#strangers)
      if (stranger.host === event.host) this.#strangers.delete(flow)
  }

  reset(): void {
    this.#translators.clear()
    this.#connections.clear()
    this.#strangers.clear()
  }
}

export const snat: MakeSharing = () => new SourceTranslation()
