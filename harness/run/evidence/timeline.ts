import { verdictOfLetter } from '../../grade/letters.ts'
import type { Evidence, EvidenceFrame } from '../../log/evidence.ts'
import { nameOf, Reason } from '../../model/codes.ts'
import type { CaseFinished, CaseTrace } from '../../model/run-log.ts'
import { contentWords } from '../../report/packet-words.ts'

/** Schema version of `timeline.json`. */
export const TIMELINE_SCHEMA = 1

/** A frame of `capture.pcapng`, with its number there, from 1; times are seconds. */
export interface TimelineFrame extends Pick<EvidenceFrame, 'what' | 'way'> {
  readonly frame: number
  readonly time: number
  /** `fw-a client`. */
  readonly interface: string
  /** The step that it belongs to, or was emitted about. */
  readonly step?: number
}

/** The content of `timeline.json`: the steps of a case with their verdicts, and what each frame is. */
export interface EvidenceTimeline {
  readonly schema: typeof TIMELINE_SCHEMA
  readonly case: string
  readonly target: string
  /** Zero of the times, in nanoseconds since 1970. */
  readonly epoch: string
  readonly flows: CaseTrace['flows']
  readonly steps: readonly object[]
  readonly events: readonly { readonly time: number; readonly beforeStep: number; readonly label: string }[]
  readonly frames: readonly TimelineFrame[]
}

/** The timeline of a case that was played, to be read without flowbreak: one line for each step and each frame. */
export function timelineText(
  { case: test, target }: Pick<CaseFinished, 'case' | 'target'>,
  trace: CaseTrace,
  { epoch, frames }: Evidence,
): string {
  const { flows, events } = trace
  const timeline: EvidenceTimeline = {
    schema: TIMELINE_SCHEMA,
    case: test.name,
    target,
    epoch: String(epoch),
    flows,
    steps: trace.number.map((_, index) => stepOf(trace, index)),
    events: events.map(({ before, time, label }) => ({ time: time / 1e6, beforeStep: before, label })),
    frames: frames.map(({ at, on, what, way, index }, number) => ({
      frame: number + 1,
      time: at / 1e9,
      interface: on,
      what,
      way,
      ...(index < 0 ? {} : { step: index }),
    })),
  }
  const fields = Object.entries(timeline).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${listed(value)}`,
  )
  return `{\n${fields.join(',\n')}\n}\n`
}

function listed(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value)
  return `[\n${value.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`
}

/** `packet` is its number in the case's capture; 0: an injection made it. */
function stepOf(trace: CaseTrace, index: number): object {
  const host = trace.hosts[trace.host[index] ?? -1]
  const reason = trace.reason[index] ?? 0
  return {
    step: index,
    packet: trace.number[index] ?? 0,
    time: (trace.time[index] ?? 0) / 1e6,
    flow: trace.flow[index] ?? 0,
    direction: trace.direction[index] === '<' ? 's2c' : 'c2s',
    ...(host === undefined ? {} : { host }),
    phase: trace.phases[trace.phase[index] ?? 0] ?? '',
    carries: contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, trace.payload[index] ?? 0),
    verdict: verdictOfLetter(trace.verdict[index]) ?? 'not run',
    ...(reason === 0 ? {} : { reason: nameOf(Reason, reason) }),
  }
}
