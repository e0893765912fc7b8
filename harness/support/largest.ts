/** The largest of any number of values; -Infinity if there are none. `Math.max(...values)` overflows the stack at some 100,000. */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) if (value > most) most = value
  return most
}
