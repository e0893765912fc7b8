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
import { borrowingBatch, type Recorded, roadBatch } from '../timeline/recorded.ts'
import type { Strangers } from './calibrate.ts'
import { handshakeOf } from './openings.ts'
import { TraceRecorder } from './recorder.ts'
import { Rounds } from './rounds.ts'

/** The packets offered in one attempt at a case, and the recorder of their observations. */
export interface Offer {
  readonly timeline: CompiledTimeline
  /** Its chunks with hosts from the load balancer, with controls around them and events noted by the recorder. */
  readonly road: AsyncIterable<TimelineChunk>
  /** The same as `road`, but synchronous; undefined: chunks have to be waited for. Use only one of the two. */
  readonly steps: Iterable<TimelineChunk> | undefined
  readonly path: LoadBalancerPath
  readonly recorder: TraceRecorder
  readonly controls: Controls
  /** With reactive endpoints; known once the road has ended. */
  readonly impact: () => Impact | undefined
}

/** Makes offers of cases, one after another; reusable parts are kept between them. */
export class Offers {
  /** Gives offers their answers from observations; whoever plays an offer resets it first. */
  readonly rounds = new Rounds()
  readonly #out = roadBatch()
  readonly #run = borrowingBatch()
  readonly #controls: Readonly<Record<FlowInfo['family'], Controls>> = {
    ipv4: new Controls('ipv4'),
    ipv6: new Controls('ipv6'),
  }
  /** The ends of connections that serve as controls; absent: there are none. */
  opening: (() => Strangers) | undefined
  #path: { readonly topology: Topology; readonly path: LoadBalancerPath } | undefined
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /**
   * What `test` offers, given those answers. The previous offer must have ended. An offer with answers of its own also has a load balancer
   * of its own; others share one.
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
      run: this.#run,
    }
    const reactive = test.endpoints === 'reactive' ? compileReactive(recorded, tested, options) : undefined
    const timeline = reactive ?? compileRecorded(recorded, options)
    const path = answers === this.rounds ? this.#ownPath(test) : this.#newPath(test)
    const { resetOnExpiry = 'none' } = test.setup.policy
    const receivers = resetOnExpiry === 'none' ? undefined : new Receivers()
    const recorder = new TraceRecorder(hosts, recorded.batch.count, receivers)
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
      road: new Road(steps, timeline, offered, controls),
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

  /** Controls in the family of the flow under test, reset. */
  controlsOf(test: Case, recorded: Recorded): Controls {
    const controls = this.#controls[recorded.flows.info(Math.max(0, test.flow)).family]
    // An injection opens at most one flow, numbered after the recorded ones.
    const [opening] = this.opening === undefined ? [] : handshakeOf(this.opening())
    controls.reset(recorded.flows.count + test.injections.length, opening)
    return controls
  }
}

type Offered = (chunk: TimelineChunk) => Iterable<TimelineChunk>

/**
 * The chunks on their road, in a single stage, because each asynchronous stage costs time for every chunk. (A class: an object with a getter of
 * its own has a hidden class of its own, which keeps everything that the getter knows until the next full garbage collection.)
 */
class Road implements AsyncIterable<TimelineChunk> {
  readonly #steps: Iterable<TimelineChunk> | undefined
  readonly #timeline: CompiledTimeline
  readonly #offered: Offered
  readonly #controls: Controls

  constructor(
    steps: Iterable<TimelineChunk> | undefined,
    timeline: CompiledTimeline,
    offered: Offered,
    controls: Controls,
  ) {
    this.#steps = steps
    this.#timeline = timeline
    this.#offered = offered
    this.#controls = controls
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TimelineChunk> {
    if (this.#steps !== undefined) {
      for (const chunk of this.#steps) yield chunk
      return
    }
    for await (const chunk of this.#timeline.chunks) for (const each of this.#offered(chunk)) yield each
    for (const each of this.#controls.close()) yield each
  }
}

function* stepsOf(
  chunks: Iterable<TimelineChunk>,
  offered: Offered,
  controls: Controls,
): Generator<TimelineChunk> {
  for (const chunk of chunks) yield* offered(chunk)
  yield* controls.close()
}

/** The load balancer's pass: gives every packet its host, and every event the index of its host. */
export async function* assignHosts(
  chunks: AsyncIterable<TimelineChunk>,
  path: LoadBalancerPath,
): AsyncGenerator<TimelineChunk> {
  for await (const chunk of chunks) yield { packets: chunk.packets, events: path.assign(chunk) }
}
