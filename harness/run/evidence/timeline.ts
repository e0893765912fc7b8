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
  /** Zero of all times, in nanoseconds since 1970: when the first packet was due. */
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
  const began = beginningOf(frames, trace)
  const quoted = new Quoted()
  const happened = events.map(({ before, time, label }) => ({ time: time / 1e6, beforeStep: before, label }))
  const fields: Readonly<Record<keyof EvidenceTimeline, string>> = {
    schema: String(TIMELINE_SCHEMA),
    case: JSON.stringify(test.name),
    target: JSON.stringify(target),
    epoch: JSON.stringify(String(epoch + BigInt(Math.round(began)))),
    flows: listed(flows, (flow) => JSON.stringify(flow)),
    steps: listed(trace.number, (_, index) => stepLine(trace, index, quoted)),
    events: listed(happened, (event) => JSON.stringify(event)),
    frames: listed(frames, (frame, index) => frameLine(frame, frame.at - began, index + 1, quoted)),
  }
  const lines = Object.entries(fields).map(([name, value]) => `  ${JSON.stringify(name)}: ${value}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

/** One line for each value. */
function listed<T>(values: readonly T[], lineOf: (value: T, index: number) => string): string {
  let text = '['
  for (const [index, value] of values.entries())
    text += `${index === 0 ? '' : ','}\n    ${lineOf(value, index)}`
  return values.length === 0 ? '[]' : `${text}\n  ]`
}

/** Texts as JSON: the lines of thousands of packets have few different ones. */
class Quoted {
  readonly #known = new Map<string, string>()

  of(text: string): string {
    let quoted = this.#known.get(text)
    if (quoted === undefined) {
      quoted = JSON.stringify(text)
      this.#known.set(text, quoted)
    }
    return quoted
  }
}

/** When the first packet was due, in nanoseconds on the clock of the frames: steps are counted from there. */
function beginningOf(frames: readonly EvidenceFrame[], { time }: CaseTrace): number {
  const first = frames.find(({ what, way, index }) => what === 'packet' && way === 'sent' && index >= 0)
  return first === undefined ? 0 : first.at - (time[first.index] ?? 0) * 1000
}

/** `at`: nanoseconds. */
function frameLine(
  { on, what, way, index }: EvidenceFrame,
  at: number,
  number: number,
  quoted: Quoted,
): string {
  const step = index < 0 ? '' : `,"step":${index}`
  return `{"frame":${number},"time":${Math.round(at) / 1e9},"interface":${quoted.of(on)},"what":"${what}","way":"${way}"${step}}`
}

/** `packet` is its number in the case's capture; 0: an injection made it. */
function stepLine(trace: CaseTrace, index: number, quoted: Quoted): string {
  const host = trace.hosts[trace.host[index] ?? -1]
  const reason = trace.reason[index] ?? 0
  const packet = `"packet":${trace.number[index] ?? 0},"time":${(trace.time[index] ?? 0) / 1e6}`
  const direction = trace.direction[index] === '<' ? 's2c' : 'c2s'
  const on = host === undefined ? '' : `,"host":${quoted.of(host)}`
  const phase = quoted.of(trace.phases[trace.phase[index] ?? 0] ?? '')
  const content = contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, trace.payload[index] ?? 0)
  const verdict = verdictOfLetter(trace.verdict[index]) ?? 'not run'
  const why = reason === 0 ? '' : `,"reason":"${nameOf(Reason, reason)}"`
  return `{"step":${index},${packet},"flow":${trace.flow[index] ?? 0},"direction":"${direction}"${on},"phase":${phase},"carries":"${content}","verdict":"${verdict}"${why}}`
}
