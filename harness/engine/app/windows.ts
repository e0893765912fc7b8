const SMALLEST = 2048
/** Larger windows are left to the garbage collector. */
const LARGEST = 65_536
/** Windows are cut from pieces of memory of this size: pages of it that no window ever had cost nothing. */
const SLAB = 1 << 24

/** By size, smallest first. */
const free: Uint8Array[][] = Array.from({ length: Math.log2(LARGEST / SMALLEST) + 1 }, () => [])
let slab = new Uint8Array(0)
let used = 0

/**
 * A window of a power of two of bytes, `length` at least, that holds anything. Fresh memory costs page faults, so what was given
 * back is taken first; what is held at most at one time stays with the process.
 */
export function takeWindow(length: number): Uint8Array {
  let size = SMALLEST
  let at = 0
  while (size < length) {
    size *= 2
    at++
  }
  return free[at]?.pop() ?? (size > LARGEST ? new Uint8Array(size) : cut(size))
}

/** Gives a window back that nobody looks at any more. */
export function giveWindow(window: Uint8Array): void {
  free[Math.log2(window.length / SMALLEST)]?.push(window)
}

function cut(size: number): Uint8Array {
  if (used + size > slab.length) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  used += size
  return slab.subarray(used - size, used)
}
