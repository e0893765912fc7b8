import type { PacketBatch } from '../model/batch.ts'
import type { FlowInfo } from '../model/capture.ts'
import type { Case, Impact } from '../model/case.ts'
import type { Topology } from '../model/setup.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { Controls } from '../observe/controls.ts'
import { Receivers } from '../observe/receivers.ts'
import { LoadBalancerPath } from '../path/load-balancer.ts'
import {
  type CompiledTimeline,
  compileReactive,
  compileRecorded,
  placeInjections,
} from '../timeline/compile.ts'
import type { Answers } from '../timeline/feedback.ts'
import { type Recorded, roadBatch } from '../timeline/recorded.ts'
import type { Strangers } from './calibrate.ts'
import { handshakeOf } from './openings.ts'
import { TraceRecorder } from './recorder.ts'
import { Rounds } from './rounds.ts'

/** What is offered in one attempt at a case, and whoever takes down what comes of it. */
export interface Offer {
  readonly timeline: CompiledTimeline
  /** Its chunks with hosts given by the load balancer, controls round them and events noted by the recorder. */
  readonly road: AsyncIterable<TimelineChunk>
  /** The same as `road`, of which only one is to be used, where nothing has to be waited for. */
  readonly steps: Iterable<TimelineChunk> | undefined
  readonly path: LoadBalancerPath
  readonly recorder: TraceRecorder
  readonly controls: Controls
  /** Of reactive endpoints, once the road has ended. */
  readonly impact: () => Impact | undefined
}

/** Makes offers of cases, one after another; what can be used again between them is kept. */
export class Offers {
  /** What offers are asked of what was observed; whoever plays one begins it anew. */
  readonly rounds = new Rounds()
  readonly #out: PacketBatch = roadBatch()
  readonly #controls: Readonly<Record<FlowInfo['family'], Controls>> = {
    ipv4: new Controls('ipv4'),
    ipv6: new Controls('ipv6'),
  }
  /** Who opens connections that are controls; absent: nobody. */
  opening: (() => Strangers) | undefined
  #path: { readonly topology: Topology; readonly path: LoadBalancerPath } | undefined
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /**
   * What `test` offers, by those answers; the offer before this one must have come to its end. The path of one with answers of its own
   * is its own, too; others pass theirs on.
   */
  make(test: Case, recorded: Recorded, answers: Answers = this.rounds): Offer {
    const { hosts, sharing } = test.setup.topology
    const tested = Math.max(0, test.flow)
    const options = {
      placed: placeInjections(recorded, test.injections, test.flow < 0 ? undefined : test.flow),
      hosts,
      sharing,
      feedback: answers,
      seed: this.#seed,
      out: this.#out,
    }
    const reactive = test.endpoints === 'reactive' ? compileReactive(recorded, tested, options) : undefined
    const timeline = reactive ?? compileRecorded(recorded, options)
    const path = answers === this.rounds ? this.#ownPath(test) : this.#newPath(test)
    const { resetOnExpiry = 'none' } = test.setup.policy
    const recorder = new TraceRecorder(hosts, resetOnExpiry === 'none' ? undefined : new Receivers())
    const controls = this.controlsOf(test, recorded)
    const offered = (chunk: TimelineChunk): Iterable<TimelineChunk> => {
      const placed = { packets: chunk.packets, events: path.assign(chunk) }
      recorder.offer(placed)
      return controls.beside(placed)
    }
    const steps = timeline.steps && stepsOf(timeline.steps, offered, controls)
    const impact = () => reactive?.impact()
    return {
      timeline,
      steps,
      path,
      recorder,
      controls,
      impact,
      // Most are played by their steps, and even to make an asynchronous generator takes time.
      get road() {
        return roadOf(steps, timeline, offered, controls)
      },
    }
  }

  /** One for all cases of a setup, one after another. */
  #ownPath(test: Case): LoadBalancerPath {
    const { topology } = test.setup
    if (this.#path?.topology === topology) this.#path.path.reset()
    else this.#path = { topology, path: this.#newPath(test) }
    return this.#path.path
  }

  #newPath({ setup }: Case): LoadBalancerPath {
    return new LoadBalancerPath(setup.topology, this.#seed)
  }

  /** Controls in the family of the flow under test, begun anew. */
  controlsOf(test: Case, recorded: Recorded): Controls {
    const controls = this.#controls[recorded.flows.info(Math.max(0, test.flow)).family]
    // An injection opens one flow at most, numbered after those recorded.
    const [opening] = this.opening === undefined ? [] : handshakeOf(this.opening())
    controls.reset(recorded.flows.count + test.injections.length, opening)
    return controls
  }
}

type Offered = (chunk: TimelineChunk) => Iterable<TimelineChunk>

/** What is offered: in one stage, as each asynchronous one takes time for every chunk. */
async function* roadOf(
  steps: Iterable<TimelineChunk> | undefined,
  { chunks }: CompiledTimeline,
  offered: Offered,
  controls: Controls,
): AsyncGenerator<TimelineChunk> {
  if (steps !== undefined) {
    for (const chunk of steps) yield chunk
    return
  }
  for await (const chunk of chunks) for (const each of offered(chunk)) yield each
  for (const each of controls.close()) yield each
}

function* stepsOf(
  chunks: Iterable<TimelineChunk>,
  offered: Offered,
  controls: Controls,
): Generator<TimelineChunk> {
  for (const chunk of chunks) yield* offered(chunk)
  yield* controls.close()
}

/** The load balancer's pass: every packet gets its host, every event its host's index. */
export async function* assignHosts(
  chunks: AsyncIterable<TimelineChunk>,
  path: LoadBalancerPath,
): AsyncGenerator<TimelineChunk> {
  for await (const chunk of chunks) yield { packets: chunk.packets, events: path.assign(chunk) }
}
