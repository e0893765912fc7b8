import { PacketBatch } from '../../../harness/model/batch.ts'
import { Kind } from '../../../harness/model/codes.ts'
import { decodeBatch } from '../../../harness/wire/decode.ts'
import { damage, hexOf, smallerBytes } from '../kit/bytes.ts'
import type { Surface } from '../kit/fuzz.ts'
import { type FrameInput, load } from './frame.ts'
import { demandInside, demandLikeDissection, demandReadWithin, demandSame } from './frame-decoding.ts'
import { demandAnswers, demandChanges } from './frame-making.ts'
import { SEEDS } from './frame-seeds.ts'

const LARGEST_FRAME = 16_384

/** Frames on every link layer, tagged, labelled and in tunnels: what reads them, and what makes others from them. */
export function wireSurface(): Surface<FrameInput> {
  const ours = new PacketBatch(1, 0)
  const theirs = new PacketBatch(1, 0)
  const one = new Uint8Array(LARGEST_FRAME)
  const other = new Uint8Array(LARGEST_FRAME)
  return {
    name: 'wire',
    make(random) {
      const seed = random.pick(SEEDS)
      const { bytes } = random.oneIn(20) ? seed : damage(random, seed.bytes, seed.fields)
      const link = random.oneIn(12) ? random.below(12) : seed.link
      const original = random.oneIn(3) ? random.below(2000) : bytes.length
      return { bytes, link, original, tunnels: random.below(3) }
    },
    check(input) {
      one.fill(0xee, 0, 32 + input.bytes.length)
      other.fill(0x45, 0, 32 + input.bytes.length)
      load(ours, input, one, 16)
      load(theirs, input, other, 16)
      decodeBatch(ours)
      decodeBatch(theirs)
      demandSame(ours, theirs)
      demandInside(ours, input)
      if (input.tunnels === 0) demandLikeDissection(ours, input)
      demandAnswers(ours, input)
      demandChanges(ours, input)
      demandReadWithin(ours, input)
      return ours.kind[0] !== Kind.malformed && ours.kind[0] !== Kind.other
    },
    *smaller(input) {
      for (const bytes of smallerBytes(input.bytes)) yield { ...input, bytes }
    },
    show: ({ bytes, link, original, tunnels }) =>
      `${hexOf(bytes)} link ${link}, original ${original}, tunnels ${tunnels}`,
  }
}
