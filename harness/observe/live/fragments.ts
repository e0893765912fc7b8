import type { PacketBatch } from '../../model/batch.ts'
import { Verdict } from '../../model/codes.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { outermost } from '../../wire/tunnel/carriers.ts'
import { fragmentOf } from './identity.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'

/**
 * Numbers of the sent fragments on a road that together are the datagram `whole`, which came out in one piece or in other
 * fragments; empty if there are none.
 */
export function fragmentsOf(
  whole: PacketBatch,
  i: number,
  road: number,
  sent: SentPackets,
  offered: Offered,
): number[] {
  const { bytes } = whole
  const l3 = outermost(whole, i)
  const six = isIpv6(bytes, l3)
  const carried = datagramEnd(bytes, l3) - l3 - 40
  const size = addressLength(bytes, l3)
  const byId = new Map<number, { readonly numbers: number[]; length: number }>()
  for (let number = offered.first; number < sent.next; number++) {
    const slot = sent.slot(number)
    if (sent.road[slot] !== road || sent.state[slot] !== Verdict.undecided) continue
    const frame = offered.frameOf(number)
    if (isIpv6(frame, 0) !== six) continue
    const piece = fragmentOf(frame, 0)
    if (!piece.more && piece.offset === 0) continue
    // One of the ends may have been translated.
    const ends = [sourceAt, destinationAt] as const
    if (
      !ends.some(
        (at) =>
          Buffer.compare(
            frame.subarray(at(frame, 0), at(frame, 0) + size),
            bytes.subarray(at(bytes, l3), at(bytes, l3) + size),
          ) === 0,
      )
    )
      continue
    if (!six && piece.id !== fragmentOf(bytes, l3).id) continue
    const group = byId.get(piece.id) ?? { numbers: [], length: 0 }
    byId.set(piece.id, group)
    group.numbers.push(number)
    group.length += datagramEnd(frame, 0) - piece.body
  }
  for (const { numbers, length } of byId.values()) if (!six || length === carried) return numbers
  return []
}
