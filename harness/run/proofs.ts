import type { PacketBatch } from '../model/batch.ts'
import type { Setup } from '../model/setup.ts'
import type { HostEventKind, TimelineChunk } from '../model/timeline.ts'
import { Calibration } from './calibrate.ts'

const PROVED = { clock: 'virtual', families: ['ipv4'] } as const
/** After these a target need not let new connections through. */
const CLOSING: readonly HostEventKind[] = ['fill-table', 'store']

/** What was observed: of a calibration or of a case, and the sentence of what is wrong. */
interface Taken {
  readonly isProof: boolean
  readonly wrong?: string | undefined
}

/**
 * The two calibrations of a replay, before its first packet and after its last: what a target began to do wrong in between, and kept on
 * doing, is found by the second. Whatever answers for the packets must keep to their chunks.
 */
export class Proofs {
  readonly #setup: Setup
  readonly #first: Calibration
  #last: Calibration | undefined
  /** Packets of the first calibration that were not answered yet, and those of the case. */
  #asked: number
  #open = 0
  /** Hosts that lost their table and took nothing since. */
  readonly #idle = new Set<number>()
  #opens = true

  constructor(setup: Setup) {
    this.#setup = setup
    this.#first = new Calibration(setup, PROVED)
    this.#asked = this.#first.packets.count
  }

  /** Whether the first calibration was passed. */
  get hasBegun(): boolean {
    return this.#asked === 0
  }

  /** The chunks, with a calibration at the time of the first packet and one at the time of the last. */
  async *around(chunks: AsyncIterable<TimelineChunk>): AsyncGenerator<TimelineChunk> {
    let now: number | undefined
    for await (const chunk of chunks) {
      const { count, time } = chunk.packets
      if (now === undefined && count > 0) yield { packets: this.#first.at(time[0] ?? 0).packets, events: [] }
      if (count > 0) now = time[count - 1] ?? 0
      this.#open += count
      this.#note(chunk)
      yield chunk
    }
    if (now === undefined) return
    this.#last = new Calibration(this.#setup, PROVED, undefined, { without: this.#idle, opens: this.#opens })
    if (this.#last.packets.count > 0) yield { packets: this.#last.at(now).packets, events: [] }
  }

  take(packets: PacketBatch): Taken {
    const { count } = packets
    if (count === 0) return { isProof: false }
    if (this.#asked > 0) {
      this.#asked -= count
      const wrong = this.#first.judge(packets) ?? (this.hasBegun ? this.#first.unanswered() : undefined)
      return { isProof: true, wrong }
    }
    if (this.#last !== undefined && this.#open === 0)
      return { isProof: true, wrong: this.#last.judge(packets) }
    this.#open -= count
    return { isProof: false }
  }

  /** The sentence of what is wrong when the replay has ended and some packets were not answered. */
  unanswered(): string | undefined {
    return this.#first.unanswered() ?? this.#last?.unanswered()
  }

  #note({ events, packets }: TimelineChunk): void {
    let from = 0
    const took = (to: number) => {
      for (; from < to; from++) this.#idle.delete(packets.host[from] ?? 0)
    }
    for (const { before, event } of events) {
      took(before)
      if (event.kind === 'crash') this.#idle.add(event.host)
      if (CLOSING.includes(event.kind)) this.#opens = false
    }
    took(packets.count)
  }
}
