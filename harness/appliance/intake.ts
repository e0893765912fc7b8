import { type Nanos, PacketBatch } from '../model/batch.ts'
import { Link } from '../model/codes.ts'
import { findMarks, noMarks } from '../wire/tunnel/gateway-marks.ts'

/** Most packets that are decided together, and the bytes of their frames. */
const PACKETS = 1024
const BYTES = 1 << 20
/** Bytes of the largest UDP payload, and of the Ethernet header put before each packet, because the decoder reads Ethernet fastest. */
const LARGEST = 65_507
export const ETHERNET = 14
/** Made-up addresses, the same for all packets: there are none in the tunnel. */
const MAC = [2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a]

/** Datagrams of the load balancer that wait for a decision: the packets in them as a batch, and how each came. */
export class Intake {
  readonly batch = new PacketBatch(PACKETS, BYTES)
  /** By packet: the whole UDP payload, which goes back if the packet is forwarded. */
  readonly payloads: Uint8Array[] = []
  /** By packet: where it came from. */
  readonly addresses: string[] = []
  readonly ports: number[] = []
  readonly #places = noMarks()
  #used = 0

  get isFull(): boolean {
    return this.batch.count === PACKETS || this.#used + ETHERNET + LARGEST > BYTES
  }

  /** Takes a datagram, unless it is full; false if the datagram does not come from a gateway load balancer. */
  take(payload: Uint8Array, address: string, port: number, at: Nanos): boolean {
    const places = this.#places
    if (findMarks(payload, 0, payload.length, places) !== undefined) return false
    const { batch } = this
    const { bytes, count } = batch
    const start = this.#used
    const length = ETHERNET + payload.length - places.inner
    for (let i = 0; i < MAC.length; i++) bytes[start + i] = MAC[i] ?? 0
    bytes[start + 12] = payload[2] ?? 0
    bytes[start + 13] = payload[3] ?? 0
    bytes.set(payload.subarray(places.inner), start + ETHERNET)
    batch.number[count] = 0
    batch.start[count] = start
    batch.captured[count] = length
    batch.original[count] = length
    batch.time[count] = at
    batch.link[count] = Link.ethernet
    batch.host[count] = 0
    batch.verdict[count] = 0
    batch.reason[count] = 0
    this.payloads.push(payload)
    this.addresses.push(address)
    this.ports.push(port)
    this.#used += length
    batch.count++
    return true
  }

  clear(): void {
    this.batch.clear()
    this.payloads.length = 0
    this.addresses.length = 0
    this.ports.length = 0
    this.#used = 0
  }
}
