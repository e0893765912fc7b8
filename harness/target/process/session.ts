import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { Host, Kind, Knowledge, Reason, Verdict } from '../../model/codes.ts'
import type { ObservationBatch, Session } from '../../model/target.ts'
import type { Timeline, TimelineChunk } from '../../model/timeline.ts'
import { isRecord } from '../../support/record.ts'
import { shown } from '../shape.ts'
import { takeAnswers } from './answers.ts'
import { type Hello, request } from './hello.ts'
import { eventStep, packetStep } from './messages.ts'
import type { Program } from './program.ts'

/** Most packets and bytes of frames in one line: few enough for a quick answer, and enough for speed. */
const MOST_STEPS = 256
const MOST_BYTES = 1 << 20

type Step = NonNullable<ReturnType<typeof packetStep> | ReturnType<typeof eventStep>>

/** A session with a program: one request at a time, each answered before the next. */
export class ProcessSession implements Session {
  readonly #program: Program
  readonly #hello: Hello
  readonly #hosts: readonly string[]
  readonly #limit: number
  #by = new Uint8Array(0)
  #knowledge = new Uint8Array(0)
  /** The time of the last packet offered, which a program on a real clock waits from. */
  #last = 0
  #next = 1

  constructor(program: Program, hello: Hello, hosts: readonly string[], limit: number) {
    this.#program = program
    this.#hello = hello
    this.#hosts = hosts
    this.#limit = limit
  }

  async *replay(timeline: Timeline, signal: AbortSignal): AsyncGenerator<ObservationBatch> {
    let begun = false
    for await (const chunk of timeline.chunks) {
      signal.throwIfAborted()
      if (!begun) await this.#begin(timeline, chunk, signal)
      begun = true
      const { packets } = chunk
      if (this.#by.length < packets.capacity) {
        this.#by = new Uint8Array(packets.capacity)
        this.#knowledge = new Uint8Array(packets.capacity)
      }
      await this.#send(chunk, signal)
      yield { packets, by: this.#by, knowledge: this.#knowledge }
    }
    if (begun) await request(this.#program, { type: 'end' }, this.#limit, signal)
  }

  /** Starts a replay with its first chunk, because the epoch of a capture that is read during the replay is known only then. */
  async #begin({ epoch }: Timeline, { packets, events }: TimelineChunk, signal: AbortSignal): Promise<void> {
    this.#next = 1
    this.#last = packets.count > 0 ? (packets.time[0] ?? 0) : (events[0]?.at ?? 0)
    await request(this.#program, { type: 'replay', epoch: `${epoch}` }, this.#limit, signal)
  }

  /** Sends a chunk in as many lines as necessary, and takes the answer to each. */
  async #send(chunk: TimelineChunk, signal: AbortSignal): Promise<void> {
    const { packets, events } = chunk
    let steps: Step[] = []
    let bytes = 0
    let open = new Map<number, number>()
    let until = this.#last
    const flush = async () => {
      if (steps.length === 0) return
      const waits =
        this.#hello.capabilities.clock === 'real'
          ? (Math.max(0, until - this.#last) / NANOS_PER_SECOND / this.#hello.capabilities.clockScale) * 1000
          : 0
      this.#last = Math.max(this.#last, until)
      const answer = await request(this.#program, { type: 'steps', steps }, this.#limit + waits, signal)
      const problem = takeAnswers(answer, {
        packets,
        by: this.#by,
        knowledge: this.#knowledge,
        hosts: this.#hosts,
        usually: this.#hello.knowledge,
        open,
      })
      if (problem !== undefined) this.#program.refuse(problem)
      steps = []
      bytes = 0
      open = new Map()
    }
    let event = 0
    for (let i = 0; i <= packets.count; i++) {
      for (let timed = events[event]; timed !== undefined && timed.before <= i; timed = events[++event]) {
        const step = eventStep(timed, this.#hosts)
        if (step !== undefined) steps.push(step)
        until = Math.max(until, timed.at)
      }
      if (i === packets.count) break
      const host = packets.host[i] ?? Host.unknown
      if (host >= Host.unknown) {
        this.#by[i] = host === Host.bypass ? Host.path : host
        this.#knowledge[i] = Knowledge.log
        continue
      }
      if (packets.kind[i] === Kind.cut) {
        // Of headers that nobody has, a program could only guess.
        packets.verdict[i] = Verdict.undecided
        packets.reason[i] = Reason['header not captured']
        this.#by[i] = host
        this.#knowledge[i] = this.#hello.knowledge
        continue
      }
      const length = packets.captured[i] ?? 0
      if (steps.length >= MOST_STEPS || bytes + length > MOST_BYTES) await flush()
      open.set(this.#next, i)
      steps.push(packetStep(packets, i, this.#next++, this.#hosts))
      bytes += length
      until = Math.max(until, packets.time[i] ?? 0)
    }
    await flush()
  }

  async reset(): Promise<void> {
    await request(this.#program, { type: 'reset' }, this.#limit)
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    const { counters } = await request(this.#program, { type: 'counters' }, this.#limit)
    if (!Array.isArray(counters) || counters.length !== this.#hosts.length || !counters.every(isCounters))
      this.#program.refuse(
        `gave counters ${shown(counters)}: they are to be a list of ${this.#hosts.length} objects of numbers`,
      )
    return counters
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop()
  }
}

function isCounters(value: unknown): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every((count) => typeof count === 'number')
}
