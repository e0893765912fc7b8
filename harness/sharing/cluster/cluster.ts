import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import { Verdict } from '../../model/codes.ts'
import type { ClusterSharing } from '../../model/setup.ts'
import type { MakeSharing, SessionTables, SharingModel } from '../../model/sharing.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { type Connection, Connections } from './connections.ts'
import { fragmentHash } from './hash.ts'
import { Links } from './link.ts'
import { Nodes } from './nodes.ts'
import {
  dropElsewhere,
  isDroppedSynAck,
  isFragment,
  isShortLived,
  isSynAck,
  isTcp,
  isTcpOfPort,
  lose,
  reset,
} from './packet.ts'
import { Roles } from './roles.ts'

/**
 * Cisco: a cluster of 2 to 16 nodes. The node that first gets a packet of a connection owns it and alone decides; all others send its
 * packets on to the owner, which they find by the SYN cookie in a SYN-ACK, by asking the director, or by a forwarding flow of their own
 * (cdFMC guide, connection roles and sample data flows). Messages take time on the packets' clock: each is looked at when a
 * packet needs its content.
 */
class Cluster implements SharingModel {
  readonly watchesPackets = true
  readonly pending = undefined
  readonly #tables: SessionTables
  readonly #sharing: ClusterSharing
  readonly #links: Links
  readonly #nodes: Nodes
  readonly #connections = new Connections()
  readonly #roles: Roles

  constructor(sharing: ClusterSharing, tables: SessionTables) {
    this.#sharing = sharing
    this.#tables = tables
    this.#links = new Links(sharing)
    this.#nodes = new Nodes(tables.hosts)
    this.#roles = new Roles(this.#nodes, tables, sharing.delay * NANOS_PER_SECOND, this.#links.latency)
  }

  arrive(packets: PacketBatch, index: number, host: number): number {
    if (!this.#links.reachesNode(packets, index)) return lose(packets, index)
    if (this.#sharing.redirect && isFragment(packets, index))
      return this.#arriveFragment(packets, index, host)
    return this.#find(packets, index, host)
  }

  assembler(packets: PacketBatch, index: number, host: number): number {
    return this.#sharing.redirect ? this.#nodes.chosenBy(fragmentHash(packets, index)) : host
  }

  /** All fragments of a datagram go to one node, the fragment owner, which looks for the owner of the connection. */
  #arriveFragment(packets: PacketBatch, index: number, host: number): number {
    const owner = this.assembler(packets, index, host)
    if (owner !== host) {
      if (!this.#links.carries(packets, index)) return lose(packets, index)
      packets.parts.push({ cause: index, host, part: 'forwarder' })
    }
    packets.parts.push({ cause: index, host: owner, part: 'fragment owner' })
    return this.#find(packets, index, owner)
  }

  /** The node that decides about a packet that has come to `node`: the owner if it can be found. */
  #find(packets: PacketBatch, index: number, node: number): number {
    const now = packets.time[index] ?? 0
    const connection = this.#connections.get(packets.flow[index] ?? -1)
    if (connection === undefined || connection.owner === node) return node
    if (connection.owner < 0) return this.#takeOver(packets, index, connection, node)
    if (!this.#tables.has(connection.owner, connection.flow, now)) {
      this.#connections.delete(connection)
      return node
    }
    if (!this.#sharing.redirect) return dropElsewhere(packets, index)
    return this.#redirect(packets, index, connection, node)
  }

  /** Sends a packet on to the owner, in whatever way `node` knows it; a node that does not know the owner decides itself. */
  #redirect(packets: PacketBatch, index: number, connection: Connection, node: number): number {
    const { owner, director } = connection
    const relayed = isShortLived(packets, index) && director !== owner && director !== node
    const asks = !relayed && !connection.forwards(node) && !this.#readsCookie(packets, index)
    if (asks && !this.#roles.isKnown(connection, node, packets.time[index] ?? 0)) return node
    if (!this.#links.carries(packets, index)) return lose(packets, index)
    if (!relayed) connection.addForwarder(node)
    packets.parts.push({ cause: index, host: node, part: 'forwarder' })
    if (relayed || (asks && director !== node && director !== owner))
      packets.parts.push({ cause: index, host: director, part: relayed ? 'relay' : 'director' })
    packets.parts.push({ cause: index, host: owner, part: 'owner' })
    return owner
  }

  #readsCookie(packets: PacketBatch, index: number): boolean {
    return this.#sharing.randomSequenceNumber && isSynAck(packets, index)
  }

  /** The owner has failed: the first node that gets a packet goes on with the state that the backup owner has. */
  #takeOver(packets: PacketBatch, index: number, connection: Connection, node: number): number {
    if (isTcpOfPort(packets, index, this.#sharing.decrypts)) {
      this.#connections.delete(connection)
      return this.#resetEnds(packets, index, node)
    }
    const now = packets.time[index] ?? 0
    const session = this.#sharing.statefulFailover ? this.#roles.heldFor(connection, node, now) : undefined
    const { flow } = connection
    const taken = session !== undefined && this.#tables.write(node, flow, session, now)
    if (!taken || !this.#tables.has(node, flow, now)) {
      this.#connections.delete(connection)
      return node
    }
    this.#roles.moveTo(connection, node, now)
    this.#tellRoles(packets, index, connection)
    return node
  }

  /** A connection decrypted at the failed owner cannot be decrypted elsewhere. */
  #resetEnds(packets: PacketBatch, index: number, node: number): number {
    const decided = dropElsewhere(packets, index)
    reset(packets, index, node, 'sender')
    reset(packets, index, node, 'receiver')
    return decided
  }

  decided(packets: PacketBatch, index: number, host: number): void {
    const flow = packets.flow[index] ?? -1
    if (flow < 0) return
    const now = packets.time[index] ?? 0
    const connection = this.#connections.get(flow)
    const holds = this.#tables.has(host, flow, now)
    if (connection?.owner === host) {
      if (holds) this.#roles.update(connection, now)
      else this.#connections.delete(connection)
      return
    }
    // A connection has only one owner, and a dropped packet begins none.
    if (connection === undefined && holds && packets.verdict[index] === Verdict.forward)
      this.#open(packets, index, host)
    else if (holds) this.#tables.remove(host, flow, now)
    // Cisco 225716: if nobody knows the owner of a SYN-ACK, the server gets a reset.
    if (isDroppedSynAck(packets, index)) reset(packets, index, host, 'sender')
  }

  #open(packets: PacketBatch, index: number, owner: number): void {
    const connection = this.#roles.assign(packets, index, owner, isTcp(packets, index))
    this.#connections.set(connection)
    this.#tellRoles(packets, index, connection)
  }

  #tellRoles(packets: PacketBatch, index: number, { owner, director, backup }: Connection): void {
    packets.parts.push({ cause: index, host: owner, part: 'owner' })
    packets.parts.push({ cause: index, host: director, part: 'director' })
    if (backup >= 0 && backup !== director)
      packets.parts.push({ cause: index, host: backup, part: 'backup owner' })
  }

  apply(event: HostEvent, at: Nanos): void {
    if (event.kind === 'crash') this.#fail(event.host, at)
    else if (event.kind === 'restore') this.#nodes.join(event.host)
    else if (event.kind === 'return') this.#nodes.joinAll()
    if (event.kind === 'restore' || event.kind === 'return')
      for (const connection of this.#connections.values()) this.#roles.seek(connection, at)
  }

  #fail(node: number, at: Nanos): void {
    this.#nodes.fail(node)
    for (const connection of this.#connections.values())
      if (!this.#roles.survives(connection, node, at)) this.#connections.delete(connection)
  }

  reset(): void {
    this.#nodes.joinAll()
    this.#connections.clear()
  }
}

export function cluster(sharing: ClusterSharing): MakeSharing {
  return (tables) => new Cluster(sharing, tables)
}
