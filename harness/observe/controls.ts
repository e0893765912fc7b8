import { type Nanos, PacketBatch } from '../model/batch.ts'
import { Host, Role, Verdict } from '../model/codes.ts'
import type { ObservationBatch } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { decodeBatch } from '../wire/decode.ts'
import { controlFrame } from './control-frames.ts'

/** The frame of a control. */
export interface ControlFrame {
  readonly frame: Uint8Array
  readonly link: number
}

const NOTHING: readonly never[] = []

/**
 * Proves roads alive: before the first and after the last packet that goes through a host in a direction, between two host events,
 * a datagram that must come out takes the same road, and from clients to servers also the opening of a connection, if one is given.
 * A drop counts only between two of these controls (docs/design.md, grading).
 */
export class Controls {
  /** Number of controls offered, and how many of them came out. */
  sent = 0
  out = 0
  /** Roads whose controls did not all come out, as `host index * 2 + direction`. */
  readonly dead = new Set<number>()
  readonly #frames: readonly ControlFrame[]
  readonly #batch = new PacketBatch(128, 16_384)
  readonly #open = new Set<number>()
  #opening: ControlFrame | undefined
  #flow = 0
  #last: Nanos = 0

  constructor(family: 'ipv4' | 'ipv6') {
    this.#frames = [controlFrame(family, 0, 'allowed'), controlFrame(family, 1, 'allowed')]
  }

  /**
   * Starts again for another case; `flow` and the next number are ids that none of its flows has, for the datagrams and for `opening`, a
   * SYN that looks like one of the case.
   */
  reset(flow: number, opening?: ControlFrame): void {
    this.sent = 0
    this.out = 0
    this.dead.clear()
    this.#open.clear()
    this.#flow = flow
    this.#opening = opening
  }

  /** The same chunks with controls between them; hosts must have been assigned. */
  async *around(chunks: AsyncIterable<TimelineChunk>): AsyncGenerator<TimelineChunk> {
    for await (const chunk of chunks) for (const each of this.beside(chunk)) yield each
    for (const each of this.close()) yield each
  }

  /** A chunk with its controls, as in `around`; after the last chunk, use `close`. */
  *beside(chunk: TimelineChunk): Generator<TimelineChunk> {
    const { packets, events } = chunk
    if (events.length > 0) yield* this.close()
    const fresh = this.#roadsOf(packets)
    const first = packets.time[0] ?? this.#last
    // Events come first, so that the controls after them travel as the packets will.
    if (events.length > 0) yield { packets: this.#emptied(), events }
    if (fresh.length > 0) yield this.#offer(fresh, first)
    for (const road of fresh) this.#open.add(road)
    if (packets.count > 0) {
      this.#last = packets.time[packets.count - 1] ?? first
      yield { packets, events: NOTHING }
    }
  }

  /** Records controls among packets `from` … `to`-1 of an observation batch. */
  record(observed: ObservationBatch, from = 0, to = observed.packets.count): void {
    const { role, host, direction, verdict } = observed.packets
    for (let i = from; i < to; i++) {
      if (role[i] !== Role.control) continue
      this.sent++
      // A device that stands in for servers answers their clients itself.
      if (verdict[i] === Verdict.forward || verdict[i] === Verdict.answered) this.out++
      else this.dead.add((host[i] ?? 0) * 2 + (direction[i] ?? 0))
    }
  }

  #roadsOf(packets: PacketBatch): number[] {
    const fresh: number[] = []
    // Most packets take the road of the one before them in their direction.
    const before: [number, number] = [-1, -1]
    for (let i = 0; i < packets.count; i++) {
      const host = packets.host[i] ?? Host.unknown
      const direction = packets.direction[i] === 0 ? 0 : 1
      if (host === before[direction] || host >= Host.unknown) continue
      before[direction] = host
      const road = host * 2 + direction
      if (!this.#open.has(road) && !fresh.includes(road)) fresh.push(road)
    }
    return fresh
  }

  /** The controls after the last packets of all roads. */
  *close(): Generator<TimelineChunk> {
    if (this.#open.size === 0) return
    const roads = [...this.#open]
    this.#open.clear()
    yield this.#offer(roads, this.#last)
  }

  #offer(roads: readonly number[], at: Nanos): TimelineChunk {
    const batch = this.#emptied()
    let used = 0
    const add = (road: number, control: ControlFrame | undefined, flow: number) => {
      if (control === undefined) return
      const n = batch.count++
      batch.bytes.set(control.frame, used)
      batch.number[n] = 0
      batch.start[n] = used
      batch.captured[n] = control.frame.length
      batch.original[n] = control.frame.length
      batch.time[n] = at
      batch.link[n] = control.link
      batch.flow[n] = flow
      batch.direction[n] = road & 1
      batch.step[n] = -1
      batch.role[n] = Role.control
      batch.host[n] = road >> 1
      used += control.frame.length
    }
    for (const road of roads) {
      add(road, this.#frames[road & 1], this.#flow)
      if ((road & 1) === 0) add(road, this.#opening, this.#flow + 1)
    }
    decodeBatch(batch)
    return { packets: batch, events: NOTHING }
  }

  #emptied(): PacketBatch {
    this.#batch.clear()
    return this.#batch
  }
}
