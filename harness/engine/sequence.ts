/**
 * Sequence numbers are signed 32-bit integers; `a` is before `b` if their difference modulo 2^32 is negative
 * (RFC 9293 3.4).
 */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

/** Before or equal. */
export function upTo(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0
}

/** Strictly after. Of two numbers at a distance of half the sequence space each is before the other, and neither is after it. */
export function after(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}
