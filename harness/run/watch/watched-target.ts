import { NANOS_PER_SECOND } from '../../model/batch.ts'
import type { ObservationBatch, Session, Target, WireFrame } from '../../model/target.ts'
import type { Timeline } from '../../model/timeline.ts'
import { messageOf } from '../../support/errors.ts'
import { targetWith } from '../../target/target-with.ts'
import type { Doing } from './watch.ts'

/** Who is told what a target does. */
export interface Onlooker {
  readonly told: (doing: Doing) => void
  /** Called with each batch of observations as it comes, controls included; valid only during the call. */
  readonly observed?: ((observed: ObservationBatch) => void) | undefined
  /** Called when tables and counters are empty again: earlier observations belong to an earlier attempt. */
  readonly cleared?: (() => void) | undefined
}

/** The same target, which reports when it starts and stops and what it plays. */
export function watchedTarget(target: Target, onlooker: Onlooker): Target {
  const { name, capabilities } = target
  const { told } = onlooker
  return Object.assign(targetWith(target, {}), {
    prepare: async (...[setup, signal]: Parameters<Target['prepare']>): Promise<Session> => {
      const of = { target: name, setup: setup.key }
      const began = performance.now()
      const took = () => secondsSince(began)
      try {
        const session = await target.prepare(setup, signal)
        told({ kind: 'target-started', ...of, took: took() })
        return watchedSession(session, {
          onlooker,
          target: name,
          scale: capabilities.clockScale,
          stopped: () => told({ kind: 'target-stopped', ...of, up: took() }),
        })
      } catch (thrown) {
        told({ kind: 'target-refused', ...of, took: took(), problem: messageOf(thrown) })
        throw thrown
      }
    },
  })
}

interface Watching {
  readonly onlooker: Onlooker
  readonly target: string
  /** Seconds of the timeline in one second of the device. */
  readonly scale: number
  readonly stopped: () => void
}

/** The session, with only those optional methods that it has itself. */
function watchedSession(session: Session, { onlooker, target, scale, stopped }: Watching): Session {
  const latencies = new Latencies(scale)
  let taken: ((frame: WireFrame) => void) | undefined
  session.tap?.((frame) => {
    latencies.take(frame)
    taken?.(frame)
  })
  return {
    replay: async function* (timeline: Timeline, signal: AbortSignal) {
      const began = performance.now()
      let packets = 0
      let problem: string | undefined
      latencies.clear()
      try {
        for await (const observed of session.replay(timeline, signal)) {
          packets += observed.packets.count
          onlooker.observed?.(observed)
          yield observed
        }
      } catch (thrown) {
        problem = messageOf(thrown)
        throw thrown
      } finally {
        onlooker.told({
          kind: 'replayed',
          ...{ target, packets, took: secondsSince(began), latencies: latencies.seconds },
          ...(problem === undefined ? {} : { problem }),
        })
      }
    },
    ...(session.tap === undefined
      ? {}
      : {
          tap: (take) => {
            taken = take
          },
        }),
    ...(session.collect === undefined
      ? {}
      : { collect: async (signal) => (await session.collect?.(signal)) ?? '' }),
    ...(session.tally === undefined ? {} : { tally: session.tally.bind(session) }),
    reset: async () => {
      onlooker.cleared?.()
      await session.reset()
    },
    counters: () => session.counters(),
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      stopped()
    },
  }
}

/** How long packets took from one wire to the other. */
class Latencies {
  readonly #scale: number
  readonly #sent = new Map<number, number>()
  #seconds: number[] = []

  constructor(scale: number) {
    this.#scale = scale
  }

  get seconds(): readonly number[] {
    return this.#seconds
  }

  clear(): void {
    this.#sent.clear()
    this.#seconds = []
  }

  take({ what, way, step, at }: WireFrame): void {
    if (what !== 'packet' || step < 0) return
    if (way === 'sent') {
      this.#sent.set(step, at)
      return
    }
    const sent = this.#sent.get(step)
    // Only the first copy counts.
    if (sent === undefined) return
    this.#sent.delete(step)
    this.#seconds.push((at - sent) / NANOS_PER_SECOND / this.#scale)
  }
}

/** Seconds on a monotonic clock, to the microsecond. */
function secondsSince(began: number): number {
  return Math.round((performance.now() - began) * 1000) / 1e6
}
