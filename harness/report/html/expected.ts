import type { Expectation, Level, PacketExpectation } from '../../model/case.ts'
import type { CaseFinished, CaseTrace } from '../../model/run-log.ts'

/** What was expected of one packet of a trace, and whether it was met. */
export interface Held {
  readonly expected: string
  readonly level: Level
  readonly met: boolean
}

/** What an expectation asks for, in words: `reject towards sender`, `drop or reject`. */
export function expectedWords(expectation: Expectation): string {
  if (expectation.kind === 'counter') return String(expectation.equals)
  if (expectation.kind === 'expiry-resets') return `${expectation.equals} to ${expectation.to}`
  if (expectation.kind === 'unaltered') return `${expectation.fields.join(', ')} unaltered`
  if (expectation.kind === 'impact') return expectation.conforms.join(' or ')
  const { conforms, by, reason, towards } = expectation
  return [
    conforms.join(' or '),
    by === undefined ? '' : ` by ${by}`,
    reason === undefined ? '' : ` for ${reason}`,
    towards === undefined ? '' : ` towards ${towards}`,
  ].join('')
}

const VERDICTS = { u: 'undecided', f: 'forward', d: 'drop', r: 'reject', a: 'answered' } as const

/** By packet, the expectation that speaks of it: of several the one that was not met, else the one of the firmest level. */
export function heldOf(
  { case: test, mismatches }: CaseFinished,
  trace: CaseTrace,
): readonly (Held | undefined)[] {
  const held: (Held | undefined)[] = trace.number.map(() => undefined)
  const missed = new Set(mismatches.map(({ index, level, expected }) => `${index} ${level} ${expected}`))
  for (const expectation of test.expectations) {
    if (expectation.kind !== 'packets') continue
    const expected = expectedWords(expectation)
    const { level } = expectation
    for (const index of packetsOf(expectation, test.flow, trace)) {
      // Only the first mismatches of a phase are written out in the log: the verdict itself tells of the others.
      const met = isAllowed(expectation, trace.verdict[index]) && !missed.has(`${index} ${level} ${expected}`)
      const before = held[index]
      if (before === undefined || rankOf({ expected, level, met }) > rankOf(before))
        held[index] = { expected, level, met }
    }
  }
  return held
}

function rankOf({ level, met }: Held): number {
  return (met ? 0 : 3) + { core: 2, extended: 1, provisional: 0 }[level]
}

function isAllowed({ conforms, tolerated }: PacketExpectation, letter: string | undefined): boolean {
  const verdict = VERDICTS[letter as keyof typeof VERDICTS]
  return conforms.includes(verdict) || tolerated.includes(verdict)
}

/** Indices of the packets that an expectation speaks of, as grading selects them. */
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
