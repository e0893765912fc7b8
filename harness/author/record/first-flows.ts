import { FlowTable } from '../../flow/table.ts'
import { PacketBatch } from '../../model/batch.ts'
import { Kind, Tcp } from '../../model/codes.ts'
import { decodeBatch } from '../../wire/decode.ts'

/** How far a TCP connection has been closed: a bit for the FIN of each direction. */
const BOTH_FINS = 3
const CLOSED = 4

/** Tells packets of the first flows from those of later ones, and knows when all of the first have ended. */
export class FirstFlows {
  readonly #most: number
  readonly #table = new FlowTable()
  readonly #batch = new PacketBatch(1, 0)
  readonly #closing: number[] = []
  #closed = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Whether there are as many flows as that, and each is a TCP connection that was closed or reset. */
  get ended(): boolean {
    return this.#closed === this.#most
  }

  /** Whether a frame belongs to one of them, as `capture info --flows` numbers flows; one that belongs to no flow does not. */
  takes(bytes: Uint8Array, captured: number, original: number, time: number, link: number): boolean {
    const batch = this.#batch
    batch.bytes = bytes
    batch.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    batch.count = 1
    batch.captured[0] = captured
    batch.original[0] = original
    batch.time[0] = time
    batch.link[0] = link
    decodeBatch(batch)
    this.#table.assign(batch)
    const flow = batch.flow[0] ?? -1
    if (flow < 0 || flow >= this.#most) return false
    const kind = batch.kind[0]
    if (kind === Kind.tcp4 || kind === Kind.tcp6)
      this.#follow(flow, batch.flags[0] ?? 0, batch.direction[0] ?? 0)
    return true
  }

  /** A connection is closed by the first packet after the FINs of both sides, or by a RST. */
  #follow(flow: number, flags: number, direction: number): void {
    const before = this.#closing[flow] ?? 0
    if (before === CLOSED) return
    let now = before
    if ((flags & Tcp.rst) !== 0 || (before === BOTH_FINS && (flags & Tcp.fin) === 0)) now = CLOSED
    else if ((flags & Tcp.fin) !== 0) now |= 1 << direction
    if (now === CLOSED) this.#closed++
    this.#closing[flow] = now
  }
}
