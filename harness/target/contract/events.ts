import { Verdict } from '../../model/codes.ts'
import type { Session } from '../../model/target.ts'
import type { HostEvent, HostEventKind } from '../../model/timeline.ts'
import { type Bench, BLOCKED, demand, demandVerdict } from './bench.ts'
import { connection, type Part, stray } from './conversation.ts'
import { play, type Seen } from './play.ts'

/** Seconds to which the hosts' time-out is set, and a silence longer than that but shorter than their default. */
const TCP_IDLE = 60
const SILENCE = 200

/** One event of each kind, about the first host or the first flow. */
const EVENTS: { readonly [K in HostEventKind]: HostEvent & { readonly kind: K } } = {
  drain: { kind: 'drain', host: 0, flow: 0 },
  crash: { kind: 'crash', host: 0, flow: 0 },
  unhealthy: { kind: 'unhealthy', host: 0, flow: 0 },
  restore: { kind: 'restore', host: 0 },
  flush: { kind: 'flush' },
  steer: { kind: 'steer', flow: 0, direction: 2, host: 1 },
  return: { kind: 'return' },
  'end-drain': { kind: 'end-drain', host: 0 },
  export: { kind: 'export', host: 0 },
  replicate: { kind: 'replicate', host: 0 },
  'lose-replicas': { kind: 'lose-replicas', flow: -1 },
  'set-timeout': { kind: 'set-timeout', scope: 'hosts', tcpIdle: TCP_IDLE },
  'fill-table': { kind: 'fill-table', scope: 'hosts' },
  store: { kind: 'store', state: 'down' },
}

/** Events that may leave something behind when a session is reset. */
const LASTING: readonly HostEventKind[] = ['crash', 'set-timeout', 'fill-table', 'store']

/** Plays every event that a target names after a connection, and demands what must hold after it at every firewall. */
export async function playEvents(bench: Bench): Promise<void> {
  const { events, clock } = bench.capabilities
  const played = events.filter((kind) => kind !== 'set-timeout' || clock === 'virtual')
  const alone = played.filter((kind) => LASTING.includes(kind))
  for (const kind of alone) await bench.with({}, (session) => playEvent(session, kind, events))
  const together = played.filter((kind) => !alone.includes(kind))
  if (together.length === 0) return
  await bench.with({}, async (session) => {
    for (const kind of together) {
      await playEvent(session, kind, events)
      await session.reset()
    }
  })
}

async function playEvent(
  session: Session,
  kind: HostEventKind,
  events: readonly HostEventKind[],
): Promise<void> {
  const { after, look } = AFTER[kind] ?? NEW_CONNECTION
  const back = kind === 'crash' && events.includes('restore') ? [EVENTS.restore] : []
  const { seen } = await play(session, [
    { packets: connection() },
    { events: [EVENTS[kind], ...back], ...after },
  ])
  const wanted = 5 + after.packets.length
  demand(
    seen.length === wanted,
    `${wanted} packets were offered around ${kind}, and ${seen.length} observed.`,
  )
  look(seen.slice(5), kind)
}

interface After {
  readonly after: Part
  readonly look: (seen: readonly Seen[], kind: HostEventKind) => void
}

/** The other host goes on. */
const NEW_CONNECTION: After = {
  after: { packets: connection({ host: 1, flow: 1 }) },
  look: (seen, kind) => {
    for (const each of seen)
      demandVerdict(each, [Verdict.forward], `A new connection at another host after ${kind}`)
  },
}

/** The first host no longer knows the connection. */
const UNKNOWN: After['look'] = (seen, kind) =>
  demandVerdict(seen[0], BLOCKED, `An ACK of a connection after ${kind}`)

const AFTER: { readonly [K in HostEventKind]?: After } = {
  crash: { after: { packets: [stray()] }, look: UNKNOWN },
  'set-timeout': { after: { packets: [stray({ gap: SILENCE })] }, look: UNKNOWN },
  // Whether a full table refuses new connections or forgets old ones depends on the system.
  'fill-table': { after: NEW_CONNECTION.after, look: () => {} },
}
