const SMALLEST = 2048
/** Larger windows are left to the garbage collector. */
const LARGEST = 65_536
/** Bytes kept for each size. */
const KEPT = 1 << 23

/** By size, smallest first. */
const free: Uint8Array[][] = Array.from({ length: Math.log2(LARGEST / SMALLEST) + 1 }, () => [])

/** A window of a power of two of bytes, `length` at least, that holds anything: a fresh one costs page faults for each flow. */
export function takeWindow(length: number): Uint8Array {
  let size = SMALLEST
  let at = 0
  while (size < length) {
    size *= 2
    at++
  }
  return free[at]?.pop() ?? new Uint8Array(size)
}

/** Gives a window back that nobody looks at any more. */
export function giveWindow(window: Uint8Array): void {
  const { length } = window
  const list = free[Math.log2(length / SMALLEST)]
  if (list !== undefined && (list.length + 1) * length <= KEPT) list.push(window)
}
