import { carriedFlags } from '../../flow/carried.ts'
import { VERDICT_LETTERS } from '../../grade/letters.ts'
import { Host, Knowledge, Role } from '../../model/codes.ts'
import type { CaseFinished, RunEvent } from '../../model/run-log.ts'
import type { ObservationBatch } from '../../model/target.ts'
import { type SeenPacket, stepsOf } from '../../report/story/steps.ts'
import { type Deed, type Story, storyOf } from '../../report/story/story.ts'
import { largest } from '../../support/largest.ts'
import type { Doing, Watch } from './watch.ts'

const KNOWLEDGE_LETTERS = 'slwn'

/** A story with the event that it was made from. */
export interface ToldStory {
  readonly story: Story
  readonly finished: CaseFinished
}

/** Collects the whole story of each case of a run, one at a time: for a run of one case, on one target after another. */
export class StoryWatch implements Watch {
  readonly stories: ToldStory[] = []
  /** Why there is no story, one sentence each. */
  readonly skipped: string[] = []
  #began = performance.now()
  #deeds: Deed[] = []
  #ready: (RunEvent & { readonly type: 'target-ready' }) | undefined
  /** The packets seen, by attempt and round. */
  #attempts: SeenPacket[][] = [[]]
  /** By index of a packet in the batch that is being decided. */
  readonly #entries = new Map<number, string>()

  take(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#began = performance.now()
        break
      case 'target-ready':
        this.#ready = event
        this.#did(`${event.target}: calibration ${event.calibration}${suffix(event.detail)}`)
        break
      case 'target-failed':
        this.#did(`${event.target} failed: ${event.message}`)
        break
      case 'warning':
        this.#did(`warning: ${event.message}`)
        break
      case 'case-skipped':
        this.skipped.push(`${event.case.name} was skipped: ${event.target} lacks ${event.lacks}.`)
        break
      case 'case-finished':
        this.#did(`graded: ${event.outcome}`)
        this.stories.push({
          finished: event,
          story: storyOf(event, this.#ready, this.#deeds, stepsOf(event, this.#seenOf(event))),
        })
        this.#deeds = []
        this.#ready = undefined
        this.#attempts = [[]]
    }
  }

  told(doing: Doing): void {
    switch (doing.kind) {
      case 'target-started':
        this.#did(`${doing.target} started and was brought to setup ${doing.setup} in ${seconds(doing.took)}`)
        break
      case 'target-refused':
        this.#did(`${doing.target} could not be brought to setup ${doing.setup}: ${doing.problem}`)
        break
      case 'target-stopped':
        this.#did(`${doing.target} stopped after ${seconds(doing.up)}`)
        break
      case 'replayed': {
        const { packets, took, latencies, problem } = doing
        const most =
          latencies.length === 0 ? '' : `, the slowest was out after ${seconds(largest(latencies))}`
        this.#did(
          `${packets} packets were played and observed in ${seconds(took)}, controls among them${most}${suffix(problem)}`,
        )
        break
      }
    }
  }

  /** Tables are empty again: another attempt, or another round of one. */
  cleared(): void {
    this.#attempts.push([])
    this.#did('tables emptied')
  }

  /** What its host holds of the flow of packet `index` of the next observed batch. */
  entry(index: number, words: string): void {
    this.#entries.set(index, words)
  }

  observed({ packets, by, knowledge }: ObservationBatch): void {
    const seen = this.#attempts.at(-1) ?? []
    for (let i = 0; i < packets.count; i++)
      seen.push({
        role: packets.role[i] === Role.control ? 'control' : 'probe',
        time: packets.time[i] ?? 0,
        direction: packets.direction[i] === 0 ? '>' : '<',
        kind: packets.kind[i] ?? 0,
        flags: carriedFlags(packets, i),
        payload: packets.payload[i] ?? 0,
        host: packets.host[i] ?? Host.unknown,
        by: by[i] ?? Host.unknown,
        verdict: VERDICT_LETTERS[packets.verdict[i] ?? 0] ?? 'u',
        knowledge: KNOWLEDGE_LETTERS[knowledge[i] ?? Knowledge.self] ?? 's',
        entry: this.#entries.get(i),
      })
    this.#entries.clear()
  }

  /** The packets seen in the attempt that the trace is from: the latest with the same verdicts, or else with as many packets. */
  #seenOf({ trace }: CaseFinished): readonly SeenPacket[] {
    if (trace === undefined) return []
    const lettersOf = (seen: readonly SeenPacket[]) =>
      seen.map(({ role, verdict }) => (role === 'probe' ? verdict : '')).join('')
    const fitting = this.#attempts.filter((seen) => lettersOf(seen).length === trace.verdict.length)
    return fitting.findLast((seen) => lettersOf(seen) === trace.verdict) ?? fitting.at(-1) ?? []
  }

  #did(what: string): void {
    this.#deeds.push({ at: Math.round((performance.now() - this.#began) * 1000) / 1e6, what })
  }
}

function seconds(took: number): string {
  return `${took.toFixed(3)} s`
}

function suffix(detail: string | undefined): string {
  return detail === undefined ? '' : `: ${detail}`
}
