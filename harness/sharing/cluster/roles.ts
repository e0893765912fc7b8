import type { Nanos, PacketBatch } from '../../model/batch.ts'
import type { SessionTables } from '../../model/sharing.ts'
import { Connection } from './connections.ts'
import { connectionHash } from './hash.ts'
import type { Nodes } from './nodes.ts'

/** Which nodes are director and backup owner of a connection, and when they learn of changes. */
export class Roles {
  readonly #nodes: Nodes
  readonly #tables: SessionTables
  /** The delay before director and backup owner of a TCP connection are told. */
  readonly #delay: Nanos
  /** The delay from one node to another. */
  readonly #latency: Nanos

  constructor(nodes: Nodes, tables: SessionTables, delay: Nanos, latency: Nanos) {
    this.#nodes = nodes
    this.#tables = tables
    this.#delay = delay
    this.#latency = latency
  }

  /** The connection that packet `index` has begun at its owner. */
  assign(packets: PacketBatch, index: number, owner: number, isTcp: boolean): Connection {
    const now = packets.time[index] ?? 0
    const flow = packets.flow[index] ?? -1
    const connection = new Connection(flow, connectionHash(packets, index), now, isTcp, owner)
    this.#choose(connection)
    // Without TCP the owner has asked the director first, and its packet went on with the answer.
    connection.known = isTcp ? this.#toldAt(connection, now) : now
    this.update(connection, now)
    return connection
  }

  /** Whether a node that asks the director now learns the owner; the question takes time too. */
  isKnown(connection: Connection, node: number, now: Nanos): boolean {
    const { director, known } = connection
    return this.#nodes.has(director) && known <= this.#heardAt(director, node, now)
  }

  /** What the backup owner has by the time that the question of a node that asks now arrives. */
  heldFor(connection: Connection, node: number, now: Nanos): Uint8Array | undefined {
    if (connection.backup < 0) return undefined
    return connection.updates.heldAt(this.#heardAt(connection.backup, node, now))
  }

  /** The owner tells the backup owner of a change. */
  update(connection: Connection, now: Nanos): void {
    if (connection.backup < 0) return
    const { owner, flow, updates } = connection
    const sent = this.#sentAt(connection, now)
    const session = this.#tables.read(owner, flow, now, updates.spare)
    if (session !== undefined) updates.add(now, sent, sent + this.#latency, session)
  }

  /** Makes a node the new owner; the director stays, and the backup owner must be another node. */
  moveTo(connection: Connection, node: number, now: Nanos): void {
    connection.owner = node
    connection.forwarders = 0
    connection.known = now
    this.#choose(connection)
    connection.updates.clear()
  }

  /** Applies the failure of a node to a connection; false: the last node that knew its state has failed. */
  survives(connection: Connection, node: number, at: Nanos): boolean {
    connection.removeForwarder(node)
    if (connection.owner === node) {
      connection.owner = -1
      connection.updates.end(at)
    }
    if (connection.owner < 0) {
      if (connection.director === node) connection.director = -1
      return connection.backup !== node && connection.backup >= 0
    }
    if (connection.director !== node && connection.backup !== node) return true
    // The owner chooses other nodes, and sends them its state.
    const hadDirector = connection.director !== node
    this.#choose(connection)
    if (!hadDirector) connection.known = this.#toldAt(connection, at)
    connection.updates.clear()
    this.update(connection, at)
    return true
  }

  /** Nodes have joined: an owner without another node to tell now has one. */
  seek(connection: Connection, at: Nanos): void {
    if (connection.owner < 0 || connection.backup >= 0) return
    this.#choose(connection)
    this.update(connection, at)
  }

  /** Chooses a director by the hash, unless there is one; it is also the backup owner, unless it is the owner. */
  #choose(connection: Connection): void {
    const { hash, owner } = connection
    if (!this.#nodes.has(connection.director)) connection.director = this.#nodes.chosenBy(hash)
    connection.backup =
      connection.director === owner ? this.#nodes.chosenBy(hash, owner) : connection.director
  }

  /** When the director learns what its owner sends from now on. */
  #toldAt(connection: Connection, now: Nanos): Nanos {
    return connection.director === connection.owner ? now : this.#sentAt(connection, now) + this.#latency
  }

  #sentAt(connection: Connection, now: Nanos): Nanos {
    return connection.isTcp ? Math.max(now, connection.opened + this.#delay) : now
  }

  #heardAt(node: number, asking: number, now: Nanos): Nanos {
    return asking === node ? now : now + this.#latency
  }
}
