/**
 * Sequence numbers are held as 32-bit integers with sign; `a` is before `b` when their difference, taken modulo 2^32, is
 * negative (RFC 9293 3.4).
 */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

/** Not after. */
export function upTo(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0
}

/** Strictly after. Half of the number space away each of two numbers is before the other, and neither is after it. */
export function after(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}
