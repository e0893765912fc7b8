import { escapedJson } from '../support/steering.ts'

/** Items that are converted to text at once. */
const BATCH = 64

/**
 * The text of `plainJson(wrap(items), 2)` in pieces, so that a list of any length is never one text. `wrap`: returns the whole that
 * contains the list; it must be the same for every list except the list itself. Items are objects.
 */
export function* jsonPieces<T>(
  wrap: (items: readonly unknown[]) => unknown,
  items: Iterable<T>,
  itemOf: (item: T) => object,
): Generator<string> {
  const none = JSON.stringify(wrap([]), null, 2)
  const one = JSON.stringify(wrap([0]), null, 2)
  // The first difference: `[]` in one, and `[`, a line end and the item in the other.
  let at = 0
  while (none[at] === one[at]) at++
  const margin = one.slice(at, one.indexOf('0', at))
  yield escapedJson(none.slice(0, at))
  let some = false
  let batch: object[] = []
  for (const item of items) {
    batch.push(itemOf(item))
    if (batch.length < BATCH) continue
    yield `${some ? ',' : ''}${margin}${listed(batch, margin)}`
    some = true
    batch = []
  }
  if (batch.length > 0) yield `${some ? ',' : ''}${margin}${listed(batch, margin)}`
  some ||= batch.length > 0
  yield `${some ? margin.slice(0, -2) : ''}${escapedJson(none.slice(at))}`
}

/** Items with commas between them, as in a list with that margin. */
function listed(items: readonly object[], margin: string): string {
  let nested: unknown = items
  const depth = (margin.length - 1) / 2
  for (let level = 1; level < depth; level++) nested = [nested]
  const text = JSON.stringify(nested, null, 2)
  // Before the first item, and after the last: one bracket and margin for each level.
  let [begin, end] = [0, text.length]
  for (let level = 1; level <= depth; level++) {
    begin += 2 + 2 * level
    end -= 2 * level
  }
  return escapedJson(text.slice(begin, end))
}
