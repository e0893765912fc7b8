import type { CounterTally, ObservationBatch, Session } from '../../model/target.ts'
import type { Timeline } from '../../model/timeline.ts'
import type { LiveSession } from '../../observe/live/session.ts'
import type { SuricataHosts } from './hosts.ts'

/** A live session that takes reasons from the hosts' logs, and counts packets. */
export class SuricataLiveSession implements Session {
  readonly #live: LiveSession
  readonly #hosts: SuricataHosts
  readonly tally: () => CounterTally
  #counters: CounterTally

  /** `tally`: makes counters at zero. */
  constructor(live: LiveSession, hosts: SuricataHosts, tally: () => CounterTally) {
    this.#live = live
    this.#hosts = hosts
    this.tally = tally
    this.#counters = tally()
  }

  async *replay(timeline: Timeline, signal: AbortSignal): AsyncGenerator<ObservationBatch> {
    for await (const observed of this.#live.replay(timeline, signal)) {
      const { packets } = observed
      await this.#hosts.explain(packets)
      for (let i = 0; i < packets.count; i++) this.#counters.count(packets, i)
      yield observed
    }
  }

  async reset(): Promise<void> {
    this.#counters = this.tally()
    await this.#live.reset()
  }

  /** Throws ERR_LATE if a verdict turned out to be wrong. */
  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    await this.#live.counters()
    return this.#counters.read()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#live[Symbol.asyncDispose]()
  }
}
