/** Values by key; keys are in the order of their first value. */
export function groupBy<T>(values: Iterable<T>, keyOf: (value: T) => string): Map<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}
