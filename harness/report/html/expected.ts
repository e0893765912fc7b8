import type { Expectation, Level, PacketExpectation } from '../../model/case.ts'
import type { CaseSummary, CaseTrace, Mismatch } from '../../model/run-log.ts'

/** What was expected of one packet of a trace, and whether the expectation was met. */
export interface Held {
  readonly expected: string
  readonly level: Level
  readonly source: string
  readonly met: boolean
}

/** What an expectation requires, in the words of grading: `reject towards sender`, `drop or reject`. */
export function expectedWords(expectation: Expectation): string {
  if (expectation.kind === 'packets') return packetWords(expectation)
  if (expectation.kind === 'counter') return String(expectation.equals)
  if (expectation.kind === 'expiry-resets') return `${expectation.equals} to ${expectation.to}`
  if (expectation.kind === 'unaltered') return `${expectation.fields.join(', ')} unaltered`
  return expectation.conforms.join(' or ')
}

function packetWords({ conforms, by, reason, towards, parts }: PacketExpectation): string {
  return [
    conforms.join(' or '),
    by === undefined ? '' : ` by ${by}`,
    reason === undefined ? '' : ` for ${reason}`,
    towards === undefined ? '' : ` towards ${towards}`,
    parts === undefined ? '' : ` with ${parts.join(' and ')}`,
  ].join('')
}

const VERDICTS = { u: 'undecided', f: 'forward', d: 'drop', r: 'reject', a: 'answered' } as const

/** By packet, the expectation about it: of several, the one that was not met, or else the one of the firmest level. */
export function heldOf(
  test: CaseSummary,
  mismatches: readonly Mismatch[],
  trace: CaseTrace,
): readonly (Held | undefined)[] {
  const held: (Held | undefined)[] = trace.number.map(() => undefined)
  const missed = missedOf(mismatches)
  for (const expectation of test.expectations) {
    if (expectation.kind !== 'packets') continue
    const { level, provenance } = expectation
    const expected = expectedWords(expectation)
    const source = `${provenance.mark}: ${provenance.where}`
    for (const index of packetsOf(expectation, test.flow, trace)) {
      const now = { expected, level, source, met: isMet(expectation, index, trace, missed) }
      const before = held[index]
      if (before === undefined || rankOf(now) > rankOf(before)) held[index] = now
    }
  }
  for (const { index, expected, level, provenance } of mismatches) {
    const before = index === undefined ? undefined : held[index]
    if (index === undefined || before?.met === false) continue
    held[index] = { expected, level, source: `${provenance.mark}: ${provenance.where}`, met: false }
  }
  return held
}

/** How many packets each expectation is about, and how many met it; undefined for expectations that are not about packets. */
export function metOf(
  test: CaseSummary,
  mismatches: readonly Mismatch[],
  trace: CaseTrace,
): readonly ({ readonly checked: number; readonly met: number } | undefined)[] {
  const missed = missedOf(mismatches)
  return test.expectations.map((expectation) => {
    if (expectation.kind !== 'packets') return undefined
    const packets = packetsOf(expectation, test.flow, trace)
    const met = packets.filter((index) => isMet(expectation, index, trace, missed)).length
    return { checked: packets.length, met }
  })
}

function missedOf(mismatches: readonly Mismatch[]): ReadonlySet<string> {
  return new Set(mismatches.map(({ index, level, expected }) => `${index} ${level} ${expected}`))
}

function isMet(
  expectation: PacketExpectation,
  index: number,
  trace: CaseTrace,
  missed: ReadonlySet<string>,
): boolean {
  // The log has only the first mismatches of a phase: for the others the verdict itself is enough.
  const key = `${index} ${expectation.level} ${expectedWords(expectation)}`
  return isAllowed(expectation, trace.verdict[index]) && !missed.has(key)
}

function rankOf({ level, met }: Held): number {
  return (met ? 0 : 3) + { core: 2, extended: 1, provisional: 0 }[level]
}

function isAllowed({ conforms, tolerated }: PacketExpectation, letter: string | undefined): boolean {
  const verdict = VERDICTS[letter as keyof typeof VERDICTS]
  return conforms.includes(verdict) || tolerated.includes(verdict)
}

/** Indices of the packets that an expectation is about, as grading selects them. */
function packetsOf(
  { phase: name, direction, which }: PacketExpectation,
  flow: number,
  trace: CaseTrace,
): readonly number[] {
  const phase = trace.phases.indexOf(name)
  const letter = direction === undefined ? undefined : { c2s: '>', s2c: '<' }[direction]
  const indices: number[] = []
  for (let i = 0; i < trace.phase.length; i++) {
    if (trace.phase[i] !== phase || (letter !== undefined && trace.direction[i] !== letter)) continue
    if (flow >= 0 && trace.flow[i] !== flow && trace.number[i] !== 0) continue
    indices.push(i)
  }
  if (which === 'all') return indices
  if (which === 'first') return indices.slice(0, 1)
  if (which === 'rest') return indices.slice(1)
  return indices.filter((i) => trace.number[i] === which)
}
