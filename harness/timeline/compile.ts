import type { FlowTable } from '../flow/table.ts'
import { PacketBatch } from '../model/batch.ts'
import type { PacketSource } from '../model/capture.ts'
import type { Impact, Injection } from '../model/case.ts'
import type { Sharing } from '../model/setup.ts'
import type { Timeline, TimelineChunk } from '../model/timeline.ts'
import { FlowbreakError } from '../support/errors.ts'
import { appendPacket } from './append.ts'
import type { Answers } from './feedback.ts'
import { TimelineFlows } from './flows.ts'
import { type Placed, PositionFinder } from './positions.ts'
import { seededRandom } from './random.ts'
import { readScript } from './reactive/script.ts'
import { Simulation } from './reactive/simulation.ts'
import { type Recorded, readPackets } from './recorded.ts'
import { Weaver } from './weaver.ts'

export interface CompileOptions {
  readonly placed: readonly Placed[]
  readonly hosts: readonly string[]
  readonly sharing: Sharing
  readonly feedback: Answers
  readonly seed: number
  /** Batches of packets that are made or moved, and of those borrowed from the capture. */
  readonly out: PacketBatch
  readonly run: PacketBatch
}

/** A timeline with its flows. */
export interface CompiledTimeline extends Timeline {
  readonly flows: TimelineFlows
  /** The same as `chunks`, but synchronous; absent: chunks have to be waited for. Use only one of the two. */
  readonly steps?: Iterable<TimelineChunk>
}

/** Finds where the injections of a case stand in its capture. `flow`: the flow under test. Results are kept, and shared between cases. */
export function placeInjections(
  recorded: Recorded,
  injections: readonly Injection[],
  flow: number | undefined,
): readonly Placed[] {
  const known = recorded.placed.get(injections)
  if (known !== undefined && known.flow === flow) return known.placed
  const placed = injections.map((injection) => {
    const key = `${flow} ${JSON.stringify(injection.at)}`
    let place = recorded.places.get(key)
    if (place === undefined) {
      const finder = new PositionFinder(recorded.path, [injection], flow)
      finder.scan(recorded.batch)
      const [found] = finder.placed()
      place = { packet: found?.packet ?? 0, flow: found?.flow ?? 0 }
      recorded.places.set(key, place)
    }
    return { injection, ...place }
  })
  recorded.placed.set(injections, { flow, placed })
  return placed
}

/** Like `placeInjections`, but reads the capture only as far as needed. */
export async function placeInStream(
  source: PacketSource,
  flows: FlowTable,
  injections: readonly Injection[],
  flow: number | undefined,
): Promise<readonly Placed[]> {
  const finder = new PositionFinder(source.name, injections, flow)
  for await (const batch of readPackets(source, flows)) {
    finder.scan(batch)
    if (finder.done) break
  }
  return finder.placed()
}

/** The timeline of a case. Its capture is in memory, so that thousands of cases can share it. */
export function compileRecorded(
  recorded: Recorded,
  options: CompileOptions,
): CompiledTimeline & Required<Pick<CompiledTimeline, 'steps'>> {
  const flows = new TimelineFlows(recorded.flows, true)
  const { placed, hosts, sharing, feedback, out, run } = options
  const weaver = new Weaver({
    placed,
    hosts,
    sharing,
    feedback,
    out,
    run,
    fragments: recorded.flows.reading.fragments,
    recordedFlow: (flow) => packetsOf(recorded.batch, flow),
    newFlow: (frame, link) => flows.open(frame, link),
    random: seededRandom(options.seed),
  })
  const steps = stepsOf(weaver, recorded.batch)
  return { epoch: recorded.epoch, phases: weaver.phases, chunks: new Waited(steps), steps, flows }
}

function* stepsOf(weaver: Weaver, batch: PacketBatch): Generator<TimelineChunk> {
  yield* weaver.weave(batch)
  yield* weaver.finish()
}

/** Chunks that nobody has to wait for, in the form of those that have to be waited for. */
class Waited implements AsyncIterable<TimelineChunk> {
  readonly #steps: Iterable<TimelineChunk>

  constructor(steps: Iterable<TimelineChunk>) {
    this.#steps = steps
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TimelineChunk> {
    for (const chunk of this.#steps) yield chunk
  }
}

/** The timeline of a case with reactive endpoints; `impact` is known once its chunks have ended. */
export function compileReactive(
  recorded: Recorded,
  flow: number,
  options: CompileOptions,
): CompiledTimeline & { readonly impact: () => Impact } {
  const flows = new TimelineFlows(recorded.flows, true)
  const simulation = new Simulation({
    ...options,
    script: readScript(recorded.path, packetsOf(recorded.batch, flow)),
    flow,
    newFlow: (frame, link) => flows.open(frame, link),
    random: seededRandom(options.seed),
  })
  const made = simulation.chunks()
  return {
    epoch: recorded.epoch,
    phases: simulation.phases,
    chunks: new Waited(made),
    steps: made,
    flows,
    impact: () => simulation.impact,
  }
}

/** The timeline of a capture of any size: chunk by chunk, as it is read. */
export function compileStream(
  source: PacketSource,
  table: FlowTable,
  options: CompileOptions,
): CompiledTimeline {
  const flows = new TimelineFlows(table, false)
  const weaver = new Weaver({
    ...options,
    fragments: table.reading.fragments,
    recordedFlow: (flow) => {
      throw new FlowbreakError(
        'ERR_INJECTION_STREAM',
        `The packets of flow ${flow} of ${source.name} are not in memory, so they cannot be replayed on a new connection: use a capture below 256 MiB.`,
      )
    },
    newFlow: (frame, link) => flows.open(frame, link),
    random: seededRandom(options.seed),
  })
  async function* chunks(): AsyncGenerator<TimelineChunk> {
    for await (const batch of readPackets(source, table)) yield* weaver.weave(batch)
    yield* weaver.finish()
  }
  return {
    get epoch() {
      return source.header.epoch
    },
    phases: weaver.phases,
    chunks: chunks(),
    flows,
  }
}

/** One flow's packets, in order. */
function packetsOf(batch: PacketBatch, flow: number): PacketBatch {
  let count = 0
  let bytes = 0
  for (let i = 0; i < batch.count; i++) {
    if (batch.flow[i] !== flow) continue
    count++
    bytes += batch.captured[i] ?? 0
  }
  const found = new PacketBatch(count, bytes)
  found.tunnels = batch.tunnels
  for (let i = 0; i < batch.count; i++) if (batch.flow[i] === flow) appendPacket(found, batch, i)
  return found
}
