/**
 * Which of several lists still shows what is looked for, by its index; -1: none of them. Whoever answers may look at all at once, or
 * at one after the other up to the first that does.
 */
export type FindKept<T> = (candidates: readonly (readonly T[])[]) => Promise<number>

/**
 * The items that are left when leaving out ever smaller parts has come to its end: delta debugging (Zeller and Hildebrandt, IEEE TSE
 * 28(2), 2002, ddmin by complements). Without any one of them what is looked for is not shown. `items` must show it; the
 * order stays, and an empty list is tried too. Deterministic where `find` is.
 */
export async function minimise<T>(items: readonly T[], find: FindKept<T>): Promise<readonly T[]> {
  let kept = items
  let parts = 1
  // Goes on behind the part that was left out last: what stands before it was just found to be needed.
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

/** The list without each of so many parts of about the same length. */
function withoutEach<T>(items: readonly T[], parts: number): readonly (readonly T[])[] {
  const edge = (part: number) => Math.floor((items.length * part) / parts)
  return Array.from({ length: parts }, (_, part) => [
    ...items.slice(0, edge(part)),
    ...items.slice(edge(part + 1)),
  ])
}
