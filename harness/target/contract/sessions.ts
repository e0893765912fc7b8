import { Verdict } from '../../model/codes.ts'
import type { Session } from '../../model/target.ts'
import { messageOf } from '../../support/errors.ts'
import { type Bench, BLOCKED, demand, demandVerdict } from './bench.ts'
import type { Check } from './check.ts'
import { connection, type Part, stray } from './conversation.ts'
import { play } from './play.ts'

/** How many chunks a session may pull after it was told to stop. */
const LATE_PULLS = 100

/** What must hold from the preparation of a session to its end. */
export const SESSIONS: readonly Check[] = [
  {
    name: 'forgets connections and counts from zero after reset()',
    run: (bench) =>
      bench.with({}, async (session) => {
        await play(session, [{ packets: connection() }])
        await session.reset()
        const left = (await session.counters()).flatMap((counters) => Object.entries(counters))
        const [name, value] = left.find(([, count]) => count !== 0) ?? []
        demand(name === undefined, `After reset() the counter ${name} is ${value}.`)
        await demandUnknown(session, 'after reset()')
      }),
  },
  {
    name: 'has counters for each host',
    run: async (bench) => {
      for (const hosts of [1, 2])
        await bench.with({ hosts, policy: bench.capabilities.policies[0] }, async (session) => {
          await play(session, [{ packets: connection() }])
          const { length } = await session.counters()
          demand(length === hosts, `The setup has ${hosts} hosts, and counters() answers for ${length}.`)
        })
    },
  },
  {
    name: 'can be prepared again, with empty tables',
    run: async (bench) => {
      await bench.played([{ packets: connection() }], ({ seen }) =>
        demandVerdict(seen[4], [Verdict.forward], 'The last packet of a connection'),
      )
      await bench.with({}, (session) => demandUnknown(session, 'in a session after the one that knew it'))
    },
  },
  {
    name: 'ends a replay soon, and with the reason, when it is told to stop',
    run: (bench) =>
      bench.with({}, async (session) => {
        const stop = new AbortController()
        const reason = new Error('told to stop')
        let late = 0
        async function* endless(): AsyncGenerator<Part> {
          for (let flow = 0; late <= LATE_PULLS; flow++) {
            await new Promise((resolve) => setImmediate(resolve))
            if (flow === 3) stop.abort(reason)
            if (stop.signal.aborted) late++
            yield { packets: connection({ flow: flow % 64 }) }
          }
        }
        const thrown = await thrownBy(play(session, endless(), stop.signal))
        demand(late <= LATE_PULLS, `A replay was told to stop, and pulled ${LATE_PULLS} more chunks.`)
        demand(
          thrown === reason,
          `A replay that is told to stop throws the signal's reason, and this one ${thrown === undefined ? 'ended as if it were done' : `throws "${messageOf(thrown)}"`}.`,
        )
      }),
  },
  {
    name: 'passes on what breaks its timeline, and can be prepared after it',
    run: async (bench) => {
      const broken = new Error('the timeline broke')
      async function* breaking(): AsyncGenerator<Part> {
        yield { packets: connection() }
        throw broken
      }
      await bench.with({}, async (session) => {
        const thrown = await thrownBy(play(session, breaking()))
        demand(
          thrown === broken,
          `Its timeline threw "${messageOf(broken)}", and the replay ${thrown === undefined ? 'ended as if all were well' : `threw "${messageOf(thrown)}"`}.`,
        )
        await session[Symbol.asyncDispose]()
      })
      await bench.with({}, (session) => demandUnknown(session, 'after a replay that broke'))
    },
  },
  {
    name: 'can be disposed of twice',
    run: (bench: Bench) => bench.with({}, (session) => session[Symbol.asyncDispose]() as Promise<void>),
  },
]

async function demandUnknown(session: Session, when: string): Promise<void> {
  const { seen } = await play(session, [{ packets: [stray()] }])
  demandVerdict(seen[0], BLOCKED, `An ACK of a connection ${when}`)
}

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
}
