import type { PacketBatch } from '../../model/batch.ts'
import { Verdict } from '../../model/codes.ts'
import { outermost } from '../../wire/tunnel/carriers.ts'
import { hopsOf, idOf } from './identity.ts'
import type { SentPackets } from './sent.ts'

/**
 * The packet that packet `i`, heard on `arm`, is most likely a copy of, of those with one key, from `first` on: one not seen yet, sent
 * on the road that ends there, with the same identification, and with the number of hops that devices on the way take off; -1:
 * there is none.
 */
export function chooseCopied(
  sent: SentPackets,
  first: number,
  seen: PacketBatch,
  i: number,
  arm: number,
  taken: number,
): number {
  if (first < 0 || sent.after(first) < 0) return first
  const l3 = outermost(seen, i)
  const id = idOf(seen.bytes, l3)
  const hops = hopsOf(seen.bytes, l3)
  let best = -1
  let most = -1
  for (let number = first; number >= 0; number = sent.after(number)) {
    const slot = sent.slot(number)
    const fresh = sent.state[slot] === Verdict.undecided ? 16 : sent.state[slot] === Verdict.forward ? 0 : 1
    const road = sent.road[slot] === (arm ^ 1) ? 8 : 0
    const hop = (sent.hops[slot] ?? 0) - hops === taken ? 2 : 0
    const score = fresh + road + (sent.id[slot] === id ? 4 : 0) + hop
    // Of equals the oldest; of those seen already the latest.
    if (score > most || (score === most && fresh < 16)) {
      most = score
      best = number
    }
  }
  return best
}
