import type { PacketBatch } from '../../harness/model/batch.ts'
import { Role } from '../../harness/model/codes.ts'
import type { Session, Target } from '../../harness/model/target.ts'
import type { TimelineChunk } from '../../harness/model/timeline.ts'
import { holdBatch } from '../../harness/observe/held.ts'

/**
 * When something happens to a target in a case: before its first control, when four of its packets have been answered for, when a
 * silence begins, as its host changes, and when all of its packets have been answered for but the last controls were not sent.
 */
export const MOMENTS = ['before', 'between', 'gap', 'swap', 'after'] as const
export type Moment = (typeof MOMENTS)[number]

/** Replays that prove a target on a real clock, before those of cases. */
const PROOFS = 2
/** Packets before `between`. */
const SOME = 4
/** Nanoseconds without a packet that are a silence. */
const SILENCE = 1e9

/** The same target, to which something is done at that moment of each case, before anything else is sent; a case has so many packets. */
export function struck(target: Target, moment: Moment, packets: number, strike: () => Promise<void>): Target {
  const { name, version, capabilities } = target
  return {
    ...{ name, version, capabilities },
    lacks: (test) => target.lacks?.(test),
    prepare: async (setup, signal) => {
      let replays = 0
      const session = await target.prepare(setup, signal)
      return {
        replay: (timeline, until) => {
          const chunks =
            ++replays <= PROOFS
              ? timeline.chunks
              : new Striker(moment, packets, strike).through(timeline.chunks)
          return session.replay({ ...timeline, chunks }, until)
        },
        reset: () => session.reset(),
        counters: () => session.counters(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      } satisfies Session
    },
  }
}

class Striker {
  readonly #moment: Moment
  readonly #packets: number
  #strike: (() => Promise<void>) | undefined
  #seen = 0
  #last = Number.POSITIVE_INFINITY

  constructor(moment: Moment, packets: number, strike: () => Promise<void>) {
    this.#moment = moment
    this.#packets = packets
    this.#strike = strike
  }

  async *through(chunks: AsyncIterable<TimelineChunk>): AsyncGenerator<TimelineChunk> {
    if (this.#moment === 'before') await this.#now()
    for await (const { packets, events } of chunks) {
      const cut = this.#strike === undefined ? -1 : this.#cutOf(packets)
      if (cut > 0) yield { packets: part(packets, 0, cut), events }
      if (cut >= 0) await this.#now()
      if (cut <= 0) yield { packets, events }
      else yield { packets: part(packets, cut, packets.count), events: [] }
    }
  }

  async #now(): Promise<void> {
    const strike = this.#strike
    this.#strike = undefined
    await strike?.()
  }

  /** Before which packet it happens; -1: before none of these. */
  #cutOf(packets: PacketBatch): number {
    for (let i = 0; i < packets.count; i++) if (this.#momentsOf(packets, i).includes(this.#moment)) return i
    return -1
  }

  #momentsOf({ time, role, host }: PacketBatch, i: number): readonly Moment[] {
    const moments: Moment[] = []
    // Its controls go before the first packet that goes by another host.
    if (host[i] === 1) moments.push('swap')
    if (role[i] === Role.control) return this.#seen === this.#packets ? [...moments, 'after'] : moments
    const now = time[i] ?? 0
    if (this.#seen++ === SOME) moments.push('between')
    if (now - this.#last > SILENCE) moments.push('gap')
    this.#last = now
    return moments
  }
}

/** Packets `from` … `to`-1 as a batch of their own. */
function part(batch: PacketBatch, from: number, to: number): PacketBatch {
  const held = holdBatch(batch)
  for (const column of Object.values(held))
    if (ArrayBuffer.isView(column) && !(column instanceof DataView) && column !== held.bytes)
      (column as Uint8Array).copyWithin(0, from, to)
  held.count = to - from
  return held
}
