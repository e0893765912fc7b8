import type { PacketBatch } from '../../model/batch.ts'
import { outermost } from '../../wire/tunnel/carriers.ts'
import { type Alteration, alterationsOf } from './alterations.ts'
import { hopsOf, idOf } from './identity.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'

/** Fields by which packets are matched, translations being taken into account. */
const MATCHED: ReadonlySet<string> = new Set([
  'source',
  'destination',
  'source port',
  'destination port',
  'seq',
  'ack',
])

/** How devices change packets that they forward, learned from packets that were matched without doubt. */
export class Habits {
  /** The number that they take off hop limits. */
  hops = 1
  readonly #fields = new Set<string>()

  /** Learns from a packet that was sent with the hop limit `sentHops`, and came out as packet `i`. */
  learn(sentHops: number, seen: PacketBatch, i: number, alterations: readonly Alteration[]): void {
    this.hops = sentHops - hopsOf(seen.bytes, outermost(seen, i))
    for (const { field } of alterations) this.#fields.add(field)
  }

  /**
   * Whether packet `i`, heard on `arm`, differs from packet `number`, which has the same key, in something that no device here was seen to
   * change: the road, hops or a field. Of packets sent in an earlier chunk only the identification is still known.
   */
  isUnlike(
    sent: SentPackets,
    offered: Offered,
    number: number,
    seen: PacketBatch,
    i: number,
    arm: number,
  ): boolean {
    const slot = sent.slot(number)
    const l3 = outermost(seen, i)
    if (sent.road[slot] !== (arm ^ 1)) return true
    if ((sent.hops[slot] ?? 0) - hopsOf(seen.bytes, l3) !== this.hops) return true
    if (offered.indexOf(number) < 0)
      return sent.id[slot] !== idOf(seen.bytes, l3) && !this.#fields.has('identification')
    const changed = alterationsOf(offered.frameOf(number), seen, i) ?? []
    return changed.some(({ field }) => !MATCHED.has(field) && !this.#fields.has(field))
  }
}
