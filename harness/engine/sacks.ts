import { before, upTo } from './sequence.ts'

/** Selectively acknowledged ranges of a stream (RFC 2018), in order, not touching each other. */
export type SackedRanges = readonly (readonly [left: number, right: number])[]

/** The ranges with one added; ranges that overlap or touch are merged. */
export function withRange(ranges: SackedRanges, left: number, right: number): SackedRanges {
  const apart: (readonly [number, number])[] = []
  let [from, to] = [left, right]
  for (const range of ranges) {
    if (before(range[1], from) || before(to, range[0])) apart.push(range)
    else {
      if (before(range[0], from)) from = range[0]
      if (before(to, range[1])) to = range[1]
    }
  }
  apart.push([from, to])
  return apart.sort((a, b) => (a[0] - b[0]) | 0)
}

/** The parts of the ranges that are not before `acked`. */
export function afterAck(ranges: SackedRanges, acked: number): SackedRanges {
  return ranges
    .filter(([, right]) => !before(right, acked))
    .map((range) => (before(range[0], acked) ? [acked, range[1]] : range))
}

/** The number of bytes in the ranges. */
export function sizeOf(ranges: SackedRanges): number {
  return ranges.reduce((sum, [left, right]) => sum + ((right - left) | 0), 0)
}

/** Whether one of the ranges contains the given range. */
export function holds(ranges: SackedRanges, left: number, right: number): boolean {
  return ranges.some((range) => upTo(range[0], left) && upTo(right, range[1]))
}
