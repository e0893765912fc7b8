import type { PacketBatch } from '../model/batch.ts'
import type { Setup } from '../model/setup.ts'
import type { HostEventKind, TimelineChunk } from '../model/timeline.ts'
import { Calibration } from './calibrate.ts'

const PROVED = { clock: 'virtual', families: ['ipv4'] } as const
/** After these events a target need not let new connections through. */
const CLOSING: readonly HostEventKind[] = ['fill-table', 'store']

/** Observations of a calibration or of a case, and the sentence that says what is wrong. */
interface Taken {
  readonly isProof: boolean
  readonly wrong?: string | undefined
}

/**
 * The two calibrations of a replay, before its first packet and after its last: if a target begins to fail in between, and goes on
 * failing, the second one finds out. Observations must keep to the chunks in which their packets were offered.
 */
export class Proofs {
  readonly #setup: Setup
  readonly #first: Calibration
  #last: Calibration | undefined
  /** Packets without an answer so far: of the first calibration, and of the case. */
  #asked: number
  #open = 0
  /** Hosts that lost their table and have had no packet since. */
  readonly #idle = new Set<number>()
  #opens = true

  constructor(setup: Setup) {
    this.#setup = setup
    this.#first = new Calibration(setup, PROVED)
    this.#asked = this.#first.packets.count
  }

  /** Whether the first calibration has been answered completely. */
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

  /** The sentence that says what is wrong if the replay has ended and some packets have no answer. */
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
