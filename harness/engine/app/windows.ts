const SMALLEST = 2048
/** Larger windows are left to the garbage collector. */
const LARGEST = 65_536
/** Windows are cut from slabs of this size: pages of a slab that were never used cost nothing. */
const SLAB = 1 << 24

/** Free windows by size, smallest first. */
const free: Uint8Array[][] = Array.from({ length: Math.log2(LARGEST / SMALLEST) + 1 }, () => [])
let slab = new Uint8Array(0)
let used = 0

/**
 * A window of at least `length` bytes, a power of two, with arbitrary content. Fresh memory costs page faults, so returned windows
 * are used first; the process keeps as much memory as was in use at one time.
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

/** Returns a window that is no longer used. */
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
