import type { PacketExpectation } from '../model/case.ts'
import { Host, nameOf, Reason } from '../model/codes.ts'
import type { CaseTrace, Mismatch, Sighted } from '../model/run-log.ts'
import { lateWords } from './late.ts'
import { VERDICT_LETTERS, verdictOfLetter } from './letters.ts'

/** The most mismatches of one expectation that are written out; the last of them counts the rest. */
const WRITTEN = 20

export interface Checked {
  readonly checked: number
  readonly met: number
  readonly mismatches: readonly Mismatch[]
}

/** Checks every packet that an expectation is about. An expectation about a phase without packets is not met. */
export function checkPackets(
  expectation: PacketExpectation,
  {
    flow,
    trace,
    sightings,
  }: {
    readonly flow: number
    readonly trace: CaseTrace
    readonly sightings?: readonly Sighted[] | undefined
  },
): Checked {
  const isMeant = meantBy(expectation, flow, trace)
  const sufficient = sufficientFor(expectation)
  const emitted = causedBy(trace.emitted)
  const mismatches: Mismatch[] = []
  let checked = 0
  let missed = 0
  for (let index = 0; index < trace.phase.length; index++) {
    if (!isMeant(index)) continue
    checked++
    if (sufficient & bitOf(trace.verdict, index)) continue
    const problem = problemOf(expectation, trace, index, emitted)
    if (problem === undefined) continue
    missed++
    const observed = problem + lateWords(sightings, index)
    if (mismatches.length < WRITTEN) mismatches.push(mismatch(expectation, trace, index, observed))
  }
  if (checked === 0) return { checked: 1, met: 0, mismatches: [nothingOffered(expectation)] }
  const last = mismatches[WRITTEN - 1]
  if (last !== undefined && missed > WRITTEN)
    mismatches[WRITTEN - 1] = {
      ...last,
      message: `${last.message} ${missed - WRITTEN} more packets likewise.`,
    }
  return { checked, met: checked - missed, mismatches }
}

/** Indices of the packets that an expectation is about, in the order of offering. */
export function packetsMeant(
  expectation: Pick<PacketExpectation, 'phase' | 'direction' | 'which'>,
  flow: number,
  trace: CaseTrace,
): number[] {
  const isMeant = meantBy(expectation, flow, trace)
  const indices: number[] = []
  for (let index = 0; index < trace.phase.length; index++) if (isMeant(index)) indices.push(index)
  return indices
}

/** Whether an expectation is about the packet of an index: to be asked for each index once, in the order of offering. */
function meantBy(
  { phase: name, direction, which }: Pick<PacketExpectation, 'phase' | 'direction' | 'which'>,
  flow: number,
  trace: CaseTrace,
): (index: number) => boolean {
  const phase = trace.phases.indexOf(name)
  const letter = direction === undefined ? undefined : direction === 'c2s' ? '>' : '<'
  let earlier = 0
  return (index) => {
    if (trace.phase[index] !== phase) return false
    if (letter !== undefined && trace.direction[index] !== letter) return false
    // What an injection made belongs to the flow under test, even if it opened a new one.
    if (flow >= 0 && trace.flow[index] !== flow && trace.number[index] !== 0) return false
    if (which === 'all') return true
    if (which === 'first') return earlier++ === 0
    if (which === 'rest') return earlier++ > 0
    return trace.number[index] === which
  }
}

/** The bits of letters of verdicts for which nothing else of a packet has to be looked at. */
function sufficientFor({ conforms, tolerated, by, reason, parts }: PacketExpectation): number {
  const hasDetails = by !== undefined || reason !== undefined || parts !== undefined
  let bits = 0
  for (let at = 0; at < VERDICT_LETTERS.length; at++) {
    const verdict = verdictOfLetter(VERDICT_LETTERS[at])
    if (verdict === undefined) continue
    const isGood = conforms.includes(verdict)
      ? !hasDetails && verdict !== 'reject'
      : tolerated.includes(verdict)
    if (isGood) bits |= bitOf(VERDICT_LETTERS, at)
  }
  return bits
}

/** A bit for each small letter. */
function bitOf(letters: string, at: number): number {
  return 1 << (letters.charCodeAt(at) & 31)
}

type Emitted = CaseTrace['emitted'][number]

/** What each packet caused, sorted once it is asked for: a case may have as many resets as packets. */
function causedBy(all: CaseTrace['emitted']): (index: number) => readonly Emitted[] {
  let sorted: Map<number, Emitted[]> | undefined
  return (index) => {
    if (sorted === undefined) {
      sorted = new Map()
      for (const each of all) {
        const others = sorted.get(each.index)
        if (others === undefined) sorted.set(each.index, [each])
        else others.push(each)
      }
    }
    return sorted.get(index) ?? []
  }
}

function problemOf(
  expectation: PacketExpectation,
  trace: CaseTrace,
  index: number,
  emitted: (index: number) => readonly Emitted[],
): string | undefined {
  const verdict = verdictOfLetter(trace.verdict[index])
  if (verdict === undefined) return 'not run'
  if (!expectation.conforms.includes(verdict) && !expectation.tolerated.includes(verdict)) return verdict
  // A tolerated answer need not meet the details of the conforming one.
  if (!expectation.conforms.includes(verdict)) return undefined
  const by = deciderName(trace, index)
  if (expectation.by !== undefined && by !== expectation.by) return `${verdict} by ${by}`
  const reason = nameOf(Reason, trace.reason[index] ?? 0)
  if (expectation.reason !== undefined && reason !== expectation.reason)
    return reason === 'none' ? `${verdict} without a reason` : `${verdict} for ${reason}`
  const parts = expectation.parts === undefined ? [] : partsOf(trace, index)
  if (expectation.parts?.some((part) => !parts.includes(part)))
    return `${verdict} with ${parts.join(' and ') || 'no host having a part'}`
  if (verdict === 'reject') return problemOfReject(expectation, trace, index, emitted(index))
  return undefined
}

function problemOfReject(
  expectation: PacketExpectation,
  trace: CaseTrace,
  index: number,
  emitted: readonly Emitted[],
): string | undefined {
  const ignored = emitted.find((entry) => !entry.acceptable)
  if (ignored !== undefined) return `reject with a reset that the ${ignored.to} would ignore`
  const towards = expectation.towards ?? 'any'
  if (trace.emissions === 'unseen')
    return towards === 'any' ? undefined : 'reject, and towards whom cannot be seen'
  const sender = trace.direction[index] === '>' ? 'client' : 'server'
  const ends = new Set(emitted.map((entry) => entry.to))
  const wanted =
    towards === 'sender' ? sender : towards === 'peer' ? (sender === 'client' ? 'server' : 'client') : towards
  if (wanted === 'any') return ends.size > 0 ? undefined : 'reject without anything sent'
  const told = wanted === 'both' ? ends.size === 2 : ends.size === 1 && ends.has(wanted)
  return told ? undefined : `reject towards ${[...ends].join(' and ') || 'nobody'}`
}

/** Who decided a packet: a host's name, `lb`, `path` or `unknown`. */
export function deciderName(trace: CaseTrace, index: number): string {
  const by = trace.by[index] ?? Host.unknown
  if (by === Host.loadBalancer) return 'lb'
  if (by === Host.path || by === Host.bypass) return 'path'
  return trace.hosts[by] ?? 'unknown'
}

/** What hosts did with a packet: `fw-b forwarder`. */
function partsOf({ parts = [], hosts }: CaseTrace, index: number): readonly string[] {
  return parts.filter((each) => each.index === index).map(({ host, part }) => `${hosts[host]} ${part}`)
}

/** What an expectation requires, in words: `reject towards sender`, `drop or reject`. */
export function expectedWords(expectation: PacketExpectation): string {
  return [
    expectation.conforms.join(' or '),
    expectation.by === undefined ? '' : ` by ${expectation.by}`,
    expectation.reason === undefined ? '' : ` for ${expectation.reason}`,
    expectation.towards === undefined ? '' : ` towards ${expectation.towards}`,
    expectation.parts === undefined ? '' : ` with ${expectation.parts.join(' and ')}`,
  ].join('')
}

function mismatch(
  expectation: PacketExpectation,
  trace: CaseTrace,
  index: number,
  observed: string,
): Mismatch {
  const number = trace.number[index] ?? 0
  const direction = trace.direction[index] === '>' ? 'c2s' : 's2c'
  const expected = expectedWords(expectation)
  return {
    level: expectation.level,
    provenance: expectation.provenance,
    phase: expectation.phase,
    index,
    expected,
    observed,
    message: `${number === 0 ? 'An injected packet' : `Packet ${number}`} (${direction}, ${expectation.phase}) was to be ${expected}, and was ${observed}.`,
  }
}

function nothingOffered(expectation: PacketExpectation): Mismatch {
  const which = typeof expectation.which === 'number' ? `packet ${expectation.which}` : 'packet'
  const where = expectation.direction === undefined ? '' : ` ${expectation.direction}`
  return {
    level: expectation.level,
    provenance: expectation.provenance,
    phase: expectation.phase,
    expected: expectedWords(expectation),
    observed: 'nothing offered',
    message: `No ${which}${where} was offered in phase ${expectation.phase}, so ${expectedWords(expectation)} was not shown.`,
  }
}
