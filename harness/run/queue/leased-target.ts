import type { Session, Target } from '../../model/target.ts'
import type { Timeline, TimelineChunk } from '../../model/timeline.ts'
import { targetWith } from '../../target/target-with.ts'
import type { Lease } from './lease.ts'

/**
 * The same target, but calls fail once its lease may have ended: a worker that was suspended finds that out before it goes on, not
 * after.
 */
export function leasedTarget(target: Target, lease: Lease): Target {
  return Object.assign(targetWith(target, {}), {
    prepare: async (...[setup, signal]: Parameters<Target['prepare']>): Promise<Session> => {
      lease.check()
      return leasedSession(await target.prepare(setup, signal), lease)
    },
  })
}

/** The session, with only those optional methods that it has itself. It can be closed at any time. */
function leasedSession(session: Session, lease: Lease): Session {
  return {
    replay: (timeline, signal) => {
      lease.check()
      return session.replay(checked(timeline, lease), signal)
    },
    ...(session.tap === undefined ? {} : { tap: session.tap.bind(session) }),
    ...(session.collect === undefined
      ? {}
      : { collect: async (signal) => (await session.collect?.(signal)) ?? '' }),
    ...(session.tally === undefined ? {} : { tally: session.tally.bind(session) }),
    reset: async () => {
      lease.check()
      await session.reset()
    },
    counters: () => session.counters(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

function checked(timeline: Timeline, lease: Lease): Timeline {
  async function* chunks(): AsyncGenerator<TimelineChunk> {
    for await (const chunk of timeline.chunks) {
      lease.check()
      yield chunk
    }
  }
  return {
    get epoch() {
      return timeline.epoch
    },
    phases: timeline.phases,
    chunks: chunks(),
  }
}
