import type { Nanos } from '../../model/batch.ts'
import { MOST_FLOWS } from '../../model/flow-place.ts'
import { Updates } from './updates.ts'

/** One connection of the cluster. Nodes are host indices. */
export class Connection {
  readonly flow: number
  readonly hash: number
  readonly opened: Nanos
  /** TCP does not wait for a director before its first packet goes on, and the director learns of it after the replication delay. */
  readonly isTcp: boolean
  readonly updates = new Updates()
  /** -1: it has failed, and no packet has come since. */
  owner: number
  /** -1: it has failed with the owner. */
  director = -1
  /** When the director learns, or learned, of the connection. */
  known: Nanos = 0
  /** -1: there is no other node. */
  backup = -1
  /** One bit for each node: those with a forwarding flow to the owner. */
  forwarders = 0

  constructor(flow: number, hash: number, opened: Nanos, isTcp: boolean, owner: number) {
    this.flow = flow
    this.hash = hash
    this.opened = opened
    this.isTcp = isTcp
    this.owner = owner
  }

  forwards(node: number): boolean {
    return ((this.forwarders >> node) & 1) !== 0
  }

  addForwarder(node: number): void {
    this.forwarders |= 1 << node
  }

  removeForwarder(node: number): void {
    this.forwarders &= ~(1 << node)
  }
}

/** The connections by flow; of flows that share a place, the newer one's, as in the hosts' tables. */
export class Connections {
  readonly #byPlace = new Map<number, Connection>()

  get(flow: number): Connection | undefined {
    const connection = this.#byPlace.get(flow & (MOST_FLOWS - 1))
    return connection?.flow === flow ? connection : undefined
  }

  set(connection: Connection): void {
    this.#byPlace.set(connection.flow & (MOST_FLOWS - 1), connection)
  }

  delete(connection: Connection): void {
    this.#byPlace.delete(connection.flow & (MOST_FLOWS - 1))
  }

  values(): Iterable<Connection> {
    return this.#byPlace.values()
  }

  clear(): void {
    this.#byPlace.clear()
  }
}
