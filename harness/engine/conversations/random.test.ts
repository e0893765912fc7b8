/** Numbers 0 … sides-1. */
export type Roll = (sides: number) => number

/** Dice from a seed, the same on every machine. */
export function dice(seed: number): Roll {
  let state = seed >>> 0
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % sides
  }
}

/** True in so many of 100 cases. */
export function chance(roll: Roll, percent: number): boolean {
  return roll(100) < percent
}

/** One of a list that is not empty. */
export function pick<T>(roll: Roll, list: readonly T[]): T {
  const chosen = list[roll(list.length)]
  if (chosen === undefined) throw new RangeError('nothing to pick from')
  return chosen
}

/** 32 bits. */
export function word(roll: Roll): number {
  return ((roll(0x10000) << 16) | roll(0x10000)) >>> 0
}
