import { unreadLinks } from '../capture/link-types.ts'
import { isPipe, openCapture } from '../capture/open.ts'
import { FlowTable } from '../flow/table.ts'
import { PacketBatch } from '../model/batch.ts'
import type { Damage } from '../model/capture.ts'
import type { Impact, Injection } from '../model/case.ts'
import type { Setup } from '../model/setup.ts'
import type { ObservationBatch, Session, Target } from '../model/target.ts'
import { holdBatch } from '../observe/held.ts'
import { sendsAllToFirst } from '../path/all-to-first.ts'
import { LoadBalancerPath } from '../path/load-balancer.ts'
import { readingOf } from '../profile/reading.ts'
import { checkInjections } from '../suite/breaks-nothing.ts'
import { Breath } from '../support/breath.ts'
import { FlowbreakError } from '../support/errors.ts'
import {
  type CompiledTimeline,
  compileReactive,
  compileRecorded,
  compileStream,
  placeInjections,
  placeInStream,
} from '../timeline/compile.ts'
import { type Answers, Feedback } from '../timeline/feedback.ts'
import { TimelineFlows } from '../timeline/flows.ts'
import type { Placed } from '../timeline/positions.ts'
import { borrowingBatch, loadRecorded, roadBatch } from '../timeline/recorded.ts'
import { playDirectly } from './direct.ts'
import { assignHosts } from './offer.ts'
import { Rounds } from './rounds.ts'

/** The phases of a capture without injections. */
const UNBROKEN: readonly string[] = ['before']

export interface ReplayOptions {
  /** A path, or `-` for standard input. */
  readonly capture: string
  readonly target: Target
  readonly setup: Setup
  readonly injections: readonly Injection[]
  /** The flow that injections are about; undefined: that of the packet which their position names. */
  readonly flow: number | undefined
  readonly endpoints: 'recorded' | 'reactive'
  readonly seed: number
  readonly signal: AbortSignal
  /** Takes each batch of observations; valid only during the call. */
  readonly observe: (observed: ObservationBatch, flows: TimelineFlows, phases: readonly string[]) => void
}

/** How a replay ended. */
export interface Replayed {
  /** Where and why the capture stopped being readable. */
  readonly damage?: Damage | undefined
  /** Names of the link types that it has and whose frames are not read, so that they were taken for what is not IP. */
  readonly unread: readonly string[]
  /** With reactive endpoints: what the user of the connection felt. */
  readonly impact?: Impact | undefined
  /** What bounded tables could not keep. */
  readonly crowding: Crowding
}

/** Flows for which there was no room. */
export interface Crowding {
  /** Flows of the firewall hosts that were evicted, and packets that would have begun a flow and found no room. */
  readonly evicted: number
  readonly refused: number
  /** Flows that flowbreak itself has forgotten because there were more than it can distinguish at one time. */
  readonly forgotten: number
}

/** Replays one capture through a target while it is read. Throws ERR_INJECTION for an injection that breaks nothing in the setup. */
export async function replayCapture(options: ReplayOptions): Promise<Replayed> {
  checkInjections(options.injections, options.setup.topology.sharing.kind)
  const inMemory =
    options.endpoints === 'reactive' || options.injections.some(({ kind }) => kind === 'reconnect')
  return inMemory ? replayRecorded(options) : replayStream(options)
}

async function replayStream(options: ReplayOptions): Promise<Replayed> {
  const placed = await place(options)
  const table = new FlowTable(readingOf(options.setup))
  await using source = await openCapture(options.capture, { signal: options.signal })
  await using session = await options.target.prepare(options.setup, options.signal)
  const asItIs = placed.length === 0 && sendsAllToFirst(options.setup.topology)
  const direct = asItIs ? session.direct?.() : undefined
  if (direct !== undefined) {
    const flows = new TimelineFlows(table, false)
    await playDirectly(source, table, direct, options.signal, (observed) =>
      options.observe(observed, flows, UNBROKEN),
    )
  } else {
    // A capture that is replayed while it is read needs no verdicts: guards and reactive endpoints need it in memory.
    const timeline = compileStream(source, table, compileOptions(options, placed, new Feedback()))
    await play(options, session, timeline, (observed) =>
      options.observe(observed, timeline.flows, timeline.phases),
    )
  }
  return {
    damage: source.damage,
    unread: unreadLinks(source.links),
    crowding: crowdingOf(await session.counters(), table.forgotten),
  }
}

async function replayRecorded(options: ReplayOptions): Promise<Replayed> {
  const recorded = await loadRecorded(options.capture, readingOf(options.setup))
  const rounds = new Rounds()
  const placed = placeInjections(recorded, options.injections, options.flow)
  for (;;) {
    const compile = compileOptions(options, placed, rounds)
    const reactive =
      options.endpoints === 'reactive' ? compileReactive(recorded, options.flow ?? 0, compile) : undefined
    // Observations of a round that does not stand must not be shown.
    const held: ObservationBatch[] = []
    const timeline = reactive ?? compileRecorded(recorded, compile)
    const { reactive: answersAtOnce, clock } = options.target.capabilities
    const late = !answersAtOnce || clock === 'real'
    await using session = await options.target.prepare(options.setup, options.signal)
    await play(options, session, timeline, (observed) => {
      rounds.record(observed)
      if (late) held.push(holdObservations(observed))
      else options.observe(observed, timeline.flows, timeline.phases)
    })
    if (!rounds.settled()) continue
    for (const observed of held) options.observe(observed, timeline.flows, timeline.phases)
    const crowding = crowdingOf(await session.counters(), recorded.flows.forgotten)
    return { unread: [], impact: reactive?.impact(), crowding }
  }
}

function holdObservations(observed: ObservationBatch): ObservationBatch {
  const { packets, by, knowledge } = observed
  const { count } = packets
  return {
    ...observed,
    packets: holdBatch(packets),
    by: by.slice(0, count),
    knowledge: knowledge.slice(0, count),
  }
}

function crowdingOf(hosts: readonly Readonly<Record<string, number>>[], forgotten: number): Crowding {
  const sum = (name: string) => hosts.reduce((total, counters) => total + (counters[name] ?? 0), 0)
  return { evicted: sum('EvictedFlows'), refused: sum('RefusedFlows'), forgotten }
}

function compileOptions(options: ReplayOptions, placed: readonly Placed[], feedback: Answers) {
  const out = placed.length === 0 && options.endpoints === 'recorded' ? new PacketBatch(0, 0) : roadBatch()
  return {
    placed,
    hosts: options.setup.topology.hosts,
    sharing: options.setup.topology.sharing,
    feedback,
    seed: options.seed,
    out,
    run: borrowingBatch(),
  }
}

/** Finds the injections' packets in a first pass, which is not possible with a pipe. */
async function place(options: ReplayOptions): Promise<readonly Placed[]> {
  const { capture, injections, flow, setup, signal } = options
  if (injections.length === 0) return []
  if (isPipe(capture))
    throw new FlowbreakError(
      'ERR_INJECTION_PIPE',
      'Injections need the whole capture before it is replayed, which is impossible with a pipe: write it to a file first.',
    )
  await using source = await openCapture(capture, { signal })
  // Awaited here: the source is closed on return.
  return await placeInStream(source, new FlowTable(readingOf(setup)), injections, flow)
}

async function play(
  { setup, seed, signal }: ReplayOptions,
  session: Session,
  timeline: CompiledTimeline,
  observe: (observed: ObservationBatch) => void,
): Promise<void> {
  const { phases } = timeline
  const breath = new Breath()
  const chunks = assignHosts(timeline.chunks, new LoadBalancerPath(setup.topology, seed))
  const road = {
    get epoch() {
      return timeline.epoch
    },
    phases,
    chunks,
  }
  for await (const observed of session.replay(road, signal)) {
    await breath.take()
    observe(observed)
  }
}
