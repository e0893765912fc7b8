import { nodeFor } from './hash.ts'

/** The nodes of the cluster that have not failed; a node that only left the load balancer remains owner and director. */
export class Nodes {
  readonly #all: readonly number[]
  readonly #members: Set<number>

  constructor(count: number) {
    this.#all = Array.from({ length: count }, (_, node) => node)
    this.#members = new Set(this.#all)
  }

  has(node: number): boolean {
    return this.#members.has(node)
  }

  /** The node that a hash selects, other than `except`; -1: there is none. */
  chosenBy(hash: number, except = -1): number {
    return nodeFor(hash, this.#members, except)
  }

  fail(node: number): void {
    this.#members.delete(node)
  }

  join(node: number): void {
    this.#members.add(node)
  }

  joinAll(): void {
    for (const node of this.#all) this.#members.add(node)
  }
}
