import type { PacketBatch } from '../../model/batch.ts'
import { addressLength, destinationAt, sourceAt } from '../../wire/ip.ts'
import { Ends } from './ends.ts'

/** An end of a flow: its address, and its port if the protocol has ports, else 0. */
interface End {
  readonly address: Uint8Array
  readonly port: number
}

/** A flow as a gateway load balancer knows it. */
export interface GatewayFlow {
  /** 32 bits, unsigned; no other flow has it. */
  readonly cookie: number
  /** Index of its source port among the load balancer's. */
  readonly socket: number
  /** Whether it consists of fragments, which have no ports to tell flows apart. */
  readonly fragments: boolean
  /** By side: client and server. */
  readonly ends: readonly [End, End]
}

/** Odd, so that its products with the first 2^32 numbers all differ. */
const SPREAD = 0x9e37_79b1

/** The flows of a gateway load balancer: each has its own cookie, carried in both directions. */
export class GatewayFlows {
  readonly #byKey = new Map<number, GatewayFlow>()
  readonly #byCookie = new Map<number, GatewayFlow>()
  readonly #ends = new Ends()
  readonly #sockets: number
  readonly #first: number

  /** `sockets`: number of source ports of the load balancer; `first`: where cookies begin. */
  constructor(sockets: number, first: number) {
    this.#sockets = sockets
    this.#first = first
  }

  /** The flow of packet `i`, which comes from the clients' side (0) or the servers' (1); a new flow if it is unknown. */
  of(batch: PacketBatch, i: number, side: number): GatewayFlow {
    const ends = this.#ends.read(batch, i)
    const key = ends.key()
    const known = this.#byKey.get(key)
    if (known !== undefined && comesFrom(ends, known, side)) return known
    const { bytes, source, destination, size, sourcePort, destinationPort } = ends
    const from = { address: bytes.slice(source, source + size), port: sourcePort }
    const to = { address: bytes.slice(destination, destination + size), port: destinationPort }
    // The quoted packet went the other way.
    const fromClient = (side === 0) !== ends.quoted
    const flow: GatewayFlow = {
      cookie: (this.#first + Math.imul(this.#byCookie.size, SPREAD)) >>> 0,
      socket: (key >>> 0) % this.#sockets,
      fragments: ends.fragment,
      ends: fromClient ? [from, to] : [to, from],
    }
    this.#byKey.set(key, flow)
    this.#byCookie.set(flow.cookie, flow)
    return flow
  }

  byCookie(cookie: number): GatewayFlow | undefined {
    return this.#byCookie.get(cookie)
  }

  /** The flow of packet `i` according to its content; undefined: no known flow. */
  byPacket(batch: PacketBatch, i: number): GatewayFlow | undefined {
    return this.#byKey.get(this.#ends.read(batch, i).key())
  }

  /** The side that packet `i` of a flow goes to, 0: clients, 1: servers; if one end is translated, the other one tells. */
  towards({ ends }: GatewayFlow, batch: PacketBatch, i: number): 0 | 1 {
    const read = this.#ends.read(batch, i)
    const { bytes } = batch
    const l3 = batch.l3[i] ?? 0
    const size = addressLength(bytes, l3)
    const source = { at: sourceAt(bytes, l3), port: read.quoted ? 0 : read.sourcePort }
    const destination = { at: destinationAt(bytes, l3), port: read.quoted ? 0 : read.destinationPort }
    const [client, server] = ends
    const toServer = alike(bytes, source, size, client) + alike(bytes, destination, size, server)
    const toClient = alike(bytes, source, size, server) + alike(bytes, destination, size, client)
    return toClient > toServer ? 0 : 1
  }
}

/** Whether a packet between these ends comes from that side of the flow, so that client and server are not exchanged. */
function comesFrom(read: Ends, { ends }: GatewayFlow, side: number): boolean {
  const { bytes, source, size, sourcePort, quoted } = read
  const end = ends[quoted ? 1 - side : side]
  return end === undefined || alike(bytes, { at: source, port: sourcePort }, size, end) === 3
}

/** How well an end of a packet matches that of a flow: 2 for its address, and 1 more for its port. */
function alike(
  bytes: Uint8Array,
  { at, port }: { readonly at: number; readonly port: number },
  size: number,
  end: End,
): number {
  if (size !== end.address.length) return 0
  for (let k = 0; k < size; k++) if (bytes[at + k] !== end.address[k]) return 0
  return port === end.port ? 3 : 2
}
