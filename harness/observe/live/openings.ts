import type { PacketBatch } from '../../model/batch.ts'
import { Tcp, Verdict } from '../../model/codes.ts'
import { opensConnection } from './identity.ts'
import type { SentPackets } from './sent.ts'
import type { Translations } from './translation.ts'

/**
 * The packets of each direction of a flow from which its translation is learned when they come out: the first, and each SYN. If devices
 * translate, the other direction waits for them; it also waits for SYNs as long as none has come out, because a SYN proxy needs that too.
 */
export class Openings {
  readonly #sent: SentPackets
  readonly #translations: Translations
  readonly #numbers = new Map<number, number>()
  /** A SYN came out, and nothing had been translated by then. */
  #plain = false

  constructor(sent: SentPackets, translations: Translations) {
    this.#sent = sent
    this.#translations = translations
  }

  /** Number of the packet that must come out before packet `i` is sent; -1: none. */
  awaited(batch: PacketBatch, i: number): number {
    if (this.#plain && !this.#translations.any) return -1
    const number = this.#numbers.get(wayOf(batch, i) ^ 1) ?? -1
    if (number < 0) return -1
    const state = this.#sent.state[this.#sent.slot(number)]
    if (state === Verdict.forward && !this.#translations.any) this.#plain = true
    return state === Verdict.undecided ? number : -1
  }

  /** Notes packet `i`, which has just got number `number`. */
  note(batch: PacketBatch, i: number, number: number): void {
    const { any } = this.#translations
    if (this.#plain && !any) return
    const way = wayOf(batch, i)
    const opens = opensConnection(batch, i)
    const isFirst = opens && ((batch.flags[i] ?? 0) & Tcp.ack) === 0
    if (any ? opens || !this.#numbers.has(way) : isFirst) this.#numbers.set(way, number)
  }

  clear(): void {
    this.#numbers.clear()
  }
}

function wayOf(batch: PacketBatch, i: number): number {
  return (batch.flow[i] ?? -1) * 2 + (batch.direction[i] ?? 0)
}
