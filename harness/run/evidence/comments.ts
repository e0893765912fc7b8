import { verdictOfLetter } from '../../grade/letters.ts'
import type { Evidence } from '../../log/evidence.ts'
import { nameOf, Reason } from '../../model/codes.ts'
import type { CaseTrace, Sighted } from '../../model/run-log.ts'
import type { WireFrame } from '../../model/target.ts'
import { contentWords } from '../../report/packet-words.ts'

/** What is known of the case that the frames belong to. */
export interface Known {
  readonly epoch: bigint
  readonly trace: CaseTrace
  readonly sightings?: readonly Sighted[] | undefined
  /** Index into the trace of the packet of a step; -1: not a packet of the case. */
  readonly indexOf: (step: number) => number
}

const SIDES = ['client', 'server'] as const

/** The frames of a case in order of time, each with its interface and a comment. */
export function commented(frames: readonly WireFrame[], known: Known): Evidence {
  const { trace, epoch } = known
  const changes = changesOf(known)
  const sentAt = new Map<number, number>()
  const arms: string[] = []
  const sorted = [...frames].sort((a, b) => a.at - b.at)
  const named = sorted.map((frame) => {
    const index = frame.what === 'control' || frame.step < 0 ? -1 : known.indexOf(frame.step)
    if (frame.way === 'sent' && index >= 0) sentAt.set(index, frame.at)
    const host = trace.hosts[frame.arm >> 1] ?? 'load balancer'
    const comment = commentOf(frame, index, host, trace, changes.get(index) ?? '', sentAt.get(index))
    const { at, link, what, way } = frame
    arms[frame.arm] ??= `${host} ${SIDES[frame.arm & 1]}`
    const on = arms[frame.arm] ?? ''
    return { on, at, frame: frame.frame, link, comment, what, way, index }
  })
  return { epoch, frames: named }
}

function commentOf(
  { what, way, arm, at }: WireFrame,
  index: number,
  host: string,
  trace: CaseTrace,
  changed: string,
  sentAt: number | undefined,
): string {
  const packet = index < 0 ? '' : packetWords(trace, index)
  if (what === 'control') return way === 'sent' ? `control sent to ${host}` : `control came out of ${host}`
  if (what === 'emitted')
    return `emitted by ${host} to the ${SIDES[arm & 1]}${packet === '' ? '' : `, about ${packet}`}`
  if (what === 'stray' || packet === '') return `${way} at ${host}, no packet of this case`
  if (way === 'sent') return `${packet}: sent to ${host}, and was ${resultWords(trace, index)}`
  const after =
    sentAt === undefined ? '' : `, ${((at - sentAt) / 1e6).toFixed(3)} ms of the timeline after it was sent`
  return `${packet}: came out of ${host}${after}${changed}`
}

/** How packets came out other than they were sent, by their indices. */
function changesOf({ sightings = [] }: Known): ReadonlyMap<number, string> {
  const changes = new Map<number, string>()
  for (const { kind, indices, field, sent, seen } of sightings) {
    if (kind !== 'altered') continue
    for (const index of new Set(indices))
      changes.set(index, `${changes.get(index) ?? ''}; ${field} ${sent} → ${seen}`)
  }
  return changes
}

function packetWords(trace: CaseTrace, index: number): string {
  const number = trace.number[index] ?? 0
  const packet = number === 0 ? 'injected packet' : `packet ${number}`
  const direction = trace.direction[index] === '<' ? 's2c' : 'c2s'
  const content = contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, trace.payload[index] ?? 0)
  return `${packet}, ${direction}, ${content}, ${trace.phases[trace.phase[index] ?? 0] ?? ''}`
}

function resultWords(trace: CaseTrace, index: number): string {
  const reason = trace.reason[index] ?? 0
  const verdict = verdictOfLetter(trace.verdict[index]) ?? 'not run'
  return reason === 0 ? verdict : `${verdict}, ${nameOf(Reason, reason)}`
}
