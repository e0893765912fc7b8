import { HashTable } from '../support/hash-table.ts'

/** The keys of one address family and, by their ids in the table, what every packet needs to know of its flow. */
export class Family {
  readonly table: HashTable
  /** Flow id << 1 | 1 where the client is the endpoint that the key names first: together, to be found by one access. */
  flows = new Int32Array(64)

  constructor(keyWords: number) {
    this.table = new HashTable(keyWords)
  }

  /** Notes the flow of the key added last; answers that key's id in the table. */
  enter(flow: number, clientIsLow: boolean): number {
    const local = this.table.count - 1
    if (local === this.flows.length) {
      const grown = new Int32Array(local * 2)
      grown.set(this.flows)
      this.flows = grown
    }
    this.flows[local] = (flow << 1) | (clientIsLow ? 1 : 0)
    return local
  }
}
