import type { OracleCase } from '../../harness/engine/oracle-cases.test.ts'
import {
  type CaptureStore,
  type Case,
  CasePlayer,
  ReferenceTarget,
  type Session,
  type TimelineChunk,
} from '../../harness/index.ts'
import { Role } from '../../harness/model/codes.ts'

/** Frames of one host from when its table was empty, in the order in which they came to it. */
interface Life {
  readonly frames: { readonly time: number; readonly bytes: Uint8Array }[]
}

/** Takes down what the hosts of a case are offered: a life begins anew when a host crashes. */
class Offered {
  readonly lives: Life[] = []
  readonly #current = new Map<number, Life>()
  readonly #hosts: number

  constructor(hosts: number) {
    this.#hosts = hosts
  }

  async *through(chunks: AsyncIterable<TimelineChunk>): AsyncGenerator<TimelineChunk> {
    for await (const chunk of chunks) {
      this.#note(chunk)
      yield chunk
    }
  }

  #note({ packets, events }: TimelineChunk): void {
    let next = 0
    for (let i = 0; i < packets.count; i++) {
      for (; next < events.length && (events[next]?.before ?? 0) <= i; next++)
        this.#happen(events[next]?.event)
      const host = packets.host[i] ?? 0
      if (host >= this.#hosts || packets.role[i] === Role.control) continue
      const start = packets.start[i] ?? 0
      const bytes = packets.bytes.slice(start, start + (packets.captured[i] ?? 0))
      this.#lifeOf(host).frames.push({ time: packets.time[i] ?? 0, bytes })
    }
    for (; next < events.length; next++) this.#happen(events[next]?.event)
  }

  #happen(event: TimelineChunk['events'][number]['event'] | undefined): void {
    if (event?.kind === 'crash') this.#current.delete(event.host)
  }

  #lifeOf(host: number): Life {
    const life = this.#current.get(host) ?? { frames: [] }
    if (!this.#current.has(host)) this.lives.push(life)
    this.#current.set(host, life)
    return life
  }
}

/** What each host of a case is offered while the reference plays it, a case for the oracle for each life of a host. */
export async function offeredIn(test: Case, captures: CaptureStore): Promise<OracleCase[]> {
  const { signal } = new AbortController()
  const offered = new Offered(test.setup.topology.hosts.length)
  await using session = await new ReferenceTarget('test').prepare(test.setup)
  const tapped: Session = {
    replay: (timeline, until) =>
      session.replay(
        { ...timeline, phases: timeline.phases, chunks: offered.through(timeline.chunks) },
        until,
      ),
    reset: () => session.reset(),
    counters: () => session.counters(),
    [Symbol.asyncDispose]: async () => {},
  }
  await new CasePlayer(1).play(test, await captures.load(test.capture, test.setup), tapped, signal)
  return offered.lives.map(({ frames }, life) => ({ name: `${test.name}, life ${life + 1}`, frames }))
}
