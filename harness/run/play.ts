import { gradeCase } from '../grade/grade.ts'
import type { PacketBatch } from '../model/batch.ts'
import type { FlowInfo } from '../model/capture.ts'
import type { Case } from '../model/case.ts'
import type { CaseFinished, CaseSummary } from '../model/run-log.ts'
import type { Session } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { Controls } from '../observe/controls.ts'
import { Receivers } from '../observe/receivers.ts'
import { LoadBalancerPath } from '../path/load-balancer.ts'
import { compileReactive, compileRecorded, placeInjections } from '../timeline/compile.ts'
import { type Recorded, roadBatch } from '../timeline/recorded.ts'
import { TraceRecorder } from './recorder.ts'
import { Rounds } from './rounds.ts'

export type Attempt = Omit<CaseFinished, 'type' | 'case' | 'target' | 'attempt'>

/** Plays cases one after another through sessions; keeps what can be used again between them. */
export class CasePlayer {
  readonly #out: PacketBatch = roadBatch()
  readonly #rounds = new Rounds()
  readonly #controls: Readonly<Record<FlowInfo['family'], Controls>> = {
    ipv4: new Controls('ipv4'),
    ipv6: new Controls('ipv6'),
  }
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /** One attempt at a case: compile, send, observe, grade. The session must have the case's setup. */
  async play(test: Case, recorded: Recorded, session: Session, signal: AbortSignal): Promise<Attempt> {
    this.#rounds.reset()
    for (;;) {
      const attempt = await this.#playRound(test, recorded, session, signal)
      if (this.#rounds.settled()) return attempt
    }
  }

  async #playRound(test: Case, recorded: Recorded, session: Session, signal: AbortSignal): Promise<Attempt> {
    const began = performance.now()
    const { hosts, sharing } = test.setup.topology
    const tested = Math.max(0, test.flow)
    const options = {
      placed: placeInjections(recorded, test.injections, test.flow < 0 ? undefined : test.flow),
      hosts,
      sharing,
      feedback: this.#rounds,
      seed: this.#seed,
      out: this.#out,
    }
    const reactive = test.endpoints === 'reactive' ? compileReactive(recorded, tested, options) : undefined
    const timeline = reactive ?? compileRecorded(recorded, options)
    const path = new LoadBalancerPath(test.setup.topology, this.#seed)
    const { resetOnExpiry = 'none' } = test.setup.policy
    const recorder = new TraceRecorder(hosts, resetOnExpiry === 'none' ? undefined : new Receivers())
    const controls = this.#controls[recorded.flows.info(tested).family]
    // An injection opens one flow at most, numbered after those recorded.
    controls.reset(recorded.flows.count + test.injections.length)
    await session.reset()

    const road = controls.around(recorder.events(assignHosts(timeline.chunks, path)))
    const { epoch, phases } = timeline
    for await (const observed of session.replay({ epoch, phases, chunks: road }, signal)) {
      this.#rounds.record(observed)
      controls.record(observed)
      recorder.record(observed)
    }

    const trace = recorder.trace(timeline.flows, phases, controls)
    const counters = [...(await session.counters()), path.counters()]
    const impact = reactive?.impact()
    const grade = gradeCase({ flow: test.flow, expectations: test.expectations, trace, counters, impact })
    const durationMs = Math.round((performance.now() - began) * 1000) / 1000
    return { ...grade, durationMs, counters, trace, ...(impact === undefined ? {} : { impact }) }
  }
}

/** The load balancer's pass: every packet gets its host, every event its host's index. */
export async function* assignHosts(
  chunks: AsyncIterable<TimelineChunk>,
  path: LoadBalancerPath,
): AsyncGenerator<TimelineChunk> {
  for await (const chunk of chunks) yield { packets: chunk.packets, events: path.assign(chunk) }
}

/** What the run log keeps of a case itself. */
export function summaryOf(test: Case): CaseSummary {
  const { name, suite, file, line, rows, tags, requirement, axes, flow, endpoints, expectations } = test
  const { policy, profile } = test.setup
  return {
    name,
    suite,
    file,
    line,
    rows,
    tags,
    requirement,
    axes,
    flow,
    endpoints,
    expectations,
    capture: test.capture,
    policy: policy.exception,
    profile,
  }
}
