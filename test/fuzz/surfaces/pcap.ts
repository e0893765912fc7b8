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

const LINKS = [0, 1, 9, 12, 101, 104, 108, 113, 228, 229, 239, 276, 127, 9999]

/** Classic captures: both byte orders, both units of time, every link type. */
export function pcapSurface(readers: CaptureReaders): Surface<CaptureInput> {
  return captureSurface('pcap', readers, build)
}

function build(random: Random): Built {
  const builder = new Builder(random.oneIn(2))
  builder
    .words(4, random.oneIn(2) ? 0xa1b2_c3d4 : 0xa1b2_3c4d)
    .words(2, 2, 4)
    .words(4, 0, 0, 262_144, random.pick(LINKS))
  let second = random.oneIn(8) ? 0xffff_ff00 : 1_700_000_000
  for (let packets = random.below(6); packets > 0; packets--) {
    const frame = frameOf(random)
    second += random.below(3)
    builder.words(4, second, random.below(1_000_000), frame.length, frame.length + random.below(2) * 40)
    builder.put(frame).ended()
  }
  return builder.built()
}
