import { Block, BYTE_ORDER_MAGIC } from '../../../harness/capture/pcapng.ts'
import type { Surface } from '../kit/fuzz.ts'
import type { Random } from '../kit/random.ts'
import {
  Builder,
  type Built,
  type CaptureInput,
  type CaptureReaders,
  captureSurface,
  frameOf,
} from './capture.ts'

const LINKS = [1, 101, 113, 276, 9999]
/** Units of time: of ten and of two, from seconds to far below nanoseconds. */
const RESOLUTIONS = [0, 3, 6, 9, 12, 15, 18, 0x80, 0x8a, 0x9e, 0xbf, 0xff, 127]

/** pcapng: sections in both byte orders, interfaces with options, every kind of block. */
export function pcapngSurface(readers: CaptureReaders): Surface<CaptureInput> {
  return captureSurface('pcapng', readers, build)
}

function build(random: Random): Built {
  const little = random.oneIn(2)
  const builder = new Builder(little)
  section(builder)
  let interfaces = 0
  for (let blocks = 1 + random.below(8); blocks > 0; blocks--) {
    const choice = interfaces === 0 ? 0 : random.below(10)
    if (choice === 0) {
      describe(builder, random)
      interfaces++
    } else if (choice < 6) enhanced(builder, random, random.below(interfaces))
    else if (choice === 6) obsolete(builder, random, random.below(interfaces))
    else if (choice === 7) simple(builder, random)
    else if (choice === 8) skipped(builder, random)
    else {
      section(builder)
      interfaces = 0
    }
  }
  return builder.built()
}

function section(builder: Builder): void {
  builder.words(4, Block.section, 28, BYTE_ORDER_MAGIC).words(2, 1, 0)
  builder.words(4, 0xffff_ffff, 0xffff_ffff, 28)
}

function describe(builder: Builder, random: Random): void {
  const resolution = random.oneIn(2)
  const offset = random.oneIn(4)
  const length = 20 + (resolution ? 8 : 0) + (offset ? 12 : 0) + (resolution || offset ? 4 : 0)
  builder
    .words(4, Block.interface, length)
    .words(2, random.pick(LINKS), 0)
    .words(4, random.oneIn(4) ? 8 : 0)
  if (resolution) builder.words(2, 9, 1).words(1, random.pick(RESOLUTIONS), 0, 0, 0)
  if (offset) builder.words(2, 14, 8).words(4, random.below(3), random.below(100))
  if (resolution || offset) builder.words(2, 0, 0)
  builder.words(4, length)
}

function enhanced(builder: Builder, random: Random, on: number): void {
  const frame = frameOf(random)
  const padded = (frame.length + 3) & ~3
  const comment = random.oneIn(4)
  const length = 32 + padded + (comment ? 12 : 0)
  builder.words(4, Block.enhancedPacket, length, on, random.below(400_000), random.word(), frame.length)
  builder.words(4, frame.length + random.below(2) * 9)
  builder.put(frame).put(new Uint8Array(padded - frame.length))
  if (comment) builder.words(2, 1, 4).put(random.bytes(4)).words(2, 0, 0)
  builder.words(4, length).ended()
}

function obsolete(builder: Builder, random: Random, on: number): void {
  const frame = frameOf(random)
  const padded = (frame.length + 3) & ~3
  const length = 32 + padded
  builder.words(4, Block.obsoletePacket, length).words(2, on, 0)
  builder.words(4, random.below(400_000), random.word(), frame.length, frame.length)
  builder
    .put(frame)
    .put(new Uint8Array(padded - frame.length))
    .words(4, length)
    .ended()
}

/** Long enough for the whole frame, whatever its interface keeps of it. */
function simple(builder: Builder, random: Random): void {
  const frame = frameOf(random)
  const padded = (frame.length + 3) & ~3
  const length = 16 + padded
  builder.words(4, Block.simplePacket, length, frame.length)
  builder
    .put(frame)
    .put(new Uint8Array(padded - frame.length))
    .words(4, length)
    .ended()
}

function skipped(builder: Builder, random: Random): void {
  const body = random.bytes(random.below(6) * 4)
  const length = 12 + body.length
  builder
    .words(4, random.pick([4, 5, 0x0bad, 0x8000_0001]), length)
    .put(body)
    .words(4, length)
}
