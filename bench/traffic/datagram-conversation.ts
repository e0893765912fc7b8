import type { Endpoints } from './endpoints.ts'
import type { FrameForge } from './forge.ts'
import { sendFragments } from './fragments.ts'
import type { PayloadPool } from './payload.ts'
import type { Conversation, Wire } from './wire.ts'

/** What datagrams are sent to and fro: UDP, UDP too long for one frame, or echo requests and replies. */
export type DatagramKind = 'udp' | 'long-udp' | 'echo'

/** A conversation of datagrams, client and server by turns. */
export class DatagramConversation implements Conversation {
  left: number
  readonly #forge: FrameForge
  readonly #pool: PayloadPool
  readonly #ends: Endpoints
  readonly #kind: DatagramKind
  #sent = 0

  constructor(forge: FrameForge, pool: PayloadPool, ends: Endpoints, frames: number, kind: DatagramKind) {
    this.#forge = forge
    this.#pool = pool
    this.#ends = ends
    this.left = frames
    this.#kind = kind
  }

  step(wire: Wire): void {
    const fromClient = this.#sent % 2 === 0
    const long = this.#kind === 'long-udp' && this.left >= 2
    const size = long ? 1600 + (wire.random() % 1000) : 16 + (wire.random() % 1000)
    const payload = this.#pool.place(wire.random(), size)
    if (this.#kind === 'echo') this.#forge.echo(this.#ends, fromClient, this.#sent >> 1, payload, size)
    else this.#forge.udp(this.#ends, fromClient, payload, size)
    this.#sent++
    const before = wire.sent
    if (long) sendFragments(wire, this.#ends, this.#forge.bytes, this.#forge.length, this.#sent)
    else wire.send(this.#forge.bytes, this.#forge.length)
    this.left -= wire.sent - before
  }
}
