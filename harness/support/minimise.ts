/**
 * Tells which of several lists still shows what is wanted, by its index; -1: none of them. It may examine all at once, or
 * one after the other up to the first that does.
 */
export type FindKept<T> = (candidates: readonly (readonly T[])[]) => Promise<number>

/**
 * The items that remain after leaving out smaller and smaller parts: delta debugging (Zeller and Hildebrandt, IEEE TSE
 * 28(2), 2002, ddmin by complements). Without any one of them the list does not show what is wanted. `items` must show it; the
 * order is kept, and an empty list is tried too. Deterministic if `find` is.
 */
export async function minimise<T>(items: readonly T[], find: FindKept<T>): Promise<readonly T[]> {
  let kept = items
  let parts = 1
  // Goes on after the part that was left out last: the parts before it were just found to be needed.
  let from = 0
  while (kept.length > 0) {
    const candidates = withoutEach(kept, parts)
    const order = candidates.map((_, index) => (index + from) % candidates.length)
    const found = await find(order.map((index) => candidates[index] ?? []))
    const part = order[found]
    if (part !== undefined) {
      kept = candidates[part] ?? []
      parts = Math.max(1, Math.min(parts - 1, kept.length))
      from = part % Math.max(1, parts)
    } else if (parts >= kept.length) return kept
    else {
      parts = Math.min(parts * 2, kept.length)
      from = 0
    }
  }
  return kept
}

/** The list without each of `parts` parts of about the same length. */
function withoutEach<T>(items: readonly T[], parts: number): readonly (readonly T[])[] {
  const edge = (part: number) => Math.floor((items.length * part) / parts)
  return Array.from({ length: parts }, (_, part) => [
    ...items.slice(0, edge(part)),
    ...items.slice(edge(part + 1)),
  ])
}
