import { PacketBatch } from '../../model/batch.ts'
import { Host } from '../../model/codes.ts'
import type { Setup } from '../../model/setup.ts'
import type { ObservationBatch, Session, Target } from '../../model/target.ts'
import type { Timeline, TimelineChunk } from '../../model/timeline.ts'
import { ReferenceTarget } from '../reference/reference.ts'

const reference = new ReferenceTarget('test')

/** What is different from the reference. */
interface Change {
  readonly target?: Partial<Target>
  readonly capabilities?: Partial<Target['capabilities']>
  readonly setup?: (setup: Setup) => Setup
  readonly session?: (session: Session) => Partial<Session>
  /** Changes a chunk before it is decided, and what was observed after. */
  readonly chunk?: (chunk: TimelineChunk) => void
  readonly observed?: (observed: ObservationBatch) => void
}

/** The reference with a change. */
export function altered({ target, capabilities, setup, session, chunk, observed }: Change): Target {
  return {
    name: 'altered',
    version: '1',
    capabilities: { ...reference.capabilities, ...capabilities },
    prepare: async (wanted) => {
      const real = await reference.prepare(setup?.(wanted) ?? wanted)
      const replay = (timeline: Timeline, signal: AbortSignal) =>
        after(real.replay({ ...timeline, chunks: before(timeline.chunks, chunk) }, signal), observed)
      const own: Session = {
        replay,
        reset: () => real.reset(),
        counters: () => real.counters(),
        [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
      }
      return { ...own, ...session?.(own) }
    },
    ...target,
  }
}

async function* before(chunks: AsyncIterable<TimelineChunk>, change: Change['chunk']) {
  for await (const chunk of chunks) {
    change?.(chunk)
    yield chunk
  }
}

async function* after(batches: AsyncIterable<ObservationBatch>, change: Change['observed']) {
  for await (const observed of batches) {
    change?.(observed)
    yield observed
  }
}

/** Writes a verdict over those that firewalls gave. */
export function verdicts(
  change: (real: number, index: number, observed: ObservationBatch) => number,
): Change {
  return {
    observed: (observed) => {
      const { packets } = observed
      for (let i = 0; i < packets.count; i++)
        if ((packets.host[i] ?? 0) < Host.unknown)
          packets.verdict[i] = change(packets.verdict[i] ?? 0, i, observed)
    },
  }
}

/** Sends packets by another host than they were to go by, and does not tell. */
export function rerouted(from: number, to: number): Change {
  let hosts = new Uint8Array(0)
  let verdict = new Uint8Array(0)
  let reason = new Uint8Array(0)
  return {
    chunk: ({ packets }) => {
      hosts = packets.host.slice()
      verdict = packets.verdict.slice()
      reason = packets.reason.slice()
      for (let i = 0; i < packets.count; i++) if (packets.host[i] === from) packets.host[i] = to
    },
    observed: ({ packets, by }) => {
      for (let i = 0; i < packets.count; i++) {
        packets.host[i] = hosts[i] ?? 0
        if (hosts[i] !== from) continue
        by[i] = from === Host.bypass ? Host.path : from
        if (from < Host.unknown) continue
        packets.verdict[i] = verdict[i] ?? 0
        packets.reason[i] = reason[i] ?? 0
      }
    },
  }
}

/** A session that outlives its end, to be met again at the next preparation. */
export function undying(): Target {
  let kept: Promise<Session> | undefined
  return altered({
    target: {
      prepare: async (setup) => {
        kept ??= reference.prepare(setup)
        const session = await kept
        return {
          replay: (timeline, signal) => session.replay(timeline, signal),
          reset: () => session.reset(),
          counters: () => session.counters(),
          [Symbol.asyncDispose]: async () => {},
        }
      },
    },
  })
}

/** Can be prepared once. */
export function once(): Target {
  let prepared = false
  return altered({
    target: {
      prepare: async (setup) => {
        if (prepared) throw new Error('device busy')
        prepared = true
        return reference.prepare(setup)
      },
    },
  })
}

/** Throws when it is disposed of for the second time. */
export const disposableOnce: Change = {
  session: (session) => {
    let disposed = false
    return {
      [Symbol.asyncDispose]: async () => {
        if (disposed) throw new Error('already disposed of')
        disposed = true
        await session[Symbol.asyncDispose]()
      },
    }
  },
}

/** Replays that leave out a rule of their end. */
export const replays = {
  deafToStop: {
    session: (session: Session) => ({
      replay: (timeline: Timeline) => session.replay(timeline, new AbortController().signal),
    }),
  },
  quietAtStop: {
    session: (session: Session) => ({
      replay: async function* (timeline: Timeline, signal: AbortSignal) {
        for await (const observed of session.replay(timeline, new AbortController().signal)) {
          if (signal.aborted) return
          yield observed
        }
      },
    }),
  },
  quietAtBreak: {
    session: (session: Session) => ({
      replay: async function* (timeline: Timeline, signal: AbortSignal) {
        try {
          yield* session.replay(timeline, signal)
        } catch {
          signal.throwIfAborted()
        }
      },
    }),
  },
  doneAtEmptyChunk: {
    session: (session: Session) => ({
      replay: async function* (timeline: Timeline, signal: AbortSignal) {
        for await (const observed of session.replay(timeline, signal)) {
          if (observed.packets.count === 0) return
          yield observed
        }
      },
    }),
  },
  eager: {
    session: (session: Session) => ({
      replay: async function* (timeline: Timeline, signal: AbortSignal) {
        const packets = new PacketBatch(1, 0)
        packets.count = 1
        yield { packets, by: new Uint8Array(1), knowledge: new Uint8Array(1) }
        yield* session.replay(timeline, signal)
      },
    }),
  },
  twice: {
    session: (session: Session) => ({
      replay: async function* (timeline: Timeline, signal: AbortSignal) {
        for await (const observed of session.replay(timeline, signal)) {
          yield observed
          yield observed
        }
      },
    }),
  },
} satisfies Record<string, Change>
