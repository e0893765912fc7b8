import type { Case } from '../model/case.ts'
import type { Shard } from './shard.ts'

/** Costs of cases by name, in milliseconds or any other unit; a case without an entry has an unknown cost. */
export type Costs = ReadonlyMap<string, number>

/** The cost of a case if no cost at all is known: any number will do, if it is the same for all. */
const SOMETHING = 1

/**
 * The cases of one of several parts that cost about the same. From the dearest case on, each goes to the part with the least cost so far
 * (longest processing time first; at most a third above the best division). Ties are decided by name, so that the same cases and
 * costs always give the same parts, in whatever order the cases come. A case of unknown cost counts as the mean of its suite, or
 * the mean of all cases if nothing is known of its suite. Returned in the order of `cases`.
 */
export function divide(cases: readonly Case[], { index, count }: Shard, costs: Costs): readonly Case[] {
  const costOf = estimator(cases, costs)
  const dear = cases.map((test) => ({ name: test.name, cost: costOf(test) }))
  dear.sort((a, b) => b.cost - a.cost || (a.name < b.name ? -1 : 1))
  const parts = new Parts(Math.min(count, cases.length))
  const mine = new Set<string>()
  for (const { name, cost } of dear) if (parts.add(cost) === index - 1) mine.add(name)
  return cases.filter(({ name }) => mine.has(name))
}

function estimator(cases: readonly Case[], costs: Costs): (test: Case) => number {
  const all = new Mean()
  const suites = new Map<string, Mean>()
  for (const { name, suite } of cases) {
    const cost = costs.get(name)
    if (cost === undefined) continue
    const mean = suites.get(suite) ?? new Mean()
    suites.set(suite, mean.add(cost))
    all.add(cost)
  }
  return ({ name, suite }) => costs.get(name) ?? suites.get(suite)?.value ?? all.value ?? SOMETHING
}

class Mean {
  #sum = 0
  #count = 0

  add(value: number): this {
    this.#sum += value
    this.#count++
    return this
  }

  /** The mean; undefined: there are no values. */
  get value(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count
  }
}

/** Parts by their cost so far: a heap with the cheapest on top, of equals the first. */
class Parts {
  readonly #loads: Float64Array
  readonly #heap: Int32Array

  constructor(count: number) {
    this.#loads = new Float64Array(count)
    this.#heap = Int32Array.from({ length: count }, (_, part) => part)
  }

  /** Adds a case to the cheapest part; returns which part that was. */
  add(cost: number): number {
    const heap = this.#heap
    const part = heap[0] ?? 0
    this.#loads[part] = (this.#loads[part] ?? 0) + cost
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.#isLess(heap[child + 1] ?? 0, heap[child] ?? 0)) child++
      const below = heap[child] ?? 0
      if (!this.#isLess(below, part)) break
      heap[at] = below
      heap[child] = part
      at = child
    }
    return part
  }

  #isLess(one: number, other: number): boolean {
    const [a, b] = [this.#loads[one] ?? 0, this.#loads[other] ?? 0]
    return a < b || (a === b && one < other)
  }
}
