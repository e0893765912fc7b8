import type { UnalteredExpectation } from '../model/case.ts'
import { UNALTERED } from '../model/fields.ts'
import type { CaseTrace, Sighted } from '../model/run-log.ts'
import type { Checked } from './packets.ts'

/** The observations of a case that concern alterations. */
interface Seen {
  readonly flow: number
  readonly trace: CaseTrace
  readonly sightings?: readonly Sighted[] | undefined
}

/** Checks that the fields that had to stay unaltered did; the mismatch lists every change. */
export function checkUnaltered(
  expectation: UnalteredExpectation,
  { flow, trace, sightings = [] }: Seen,
): Checked {
  const { fields, level, provenance } = expectation
  const changes = sightings.flatMap((sighted) => {
    const change = changeOf(sighted)
    if (change === undefined || !isAbout(fields, change.field)) return []
    const indices = sighted.indices.filter((index) => isUnderTest(trace, index, flow))
    return indices.length === 0 ? [] : [`${change.words} (${packetsWords(trace, indices)})`]
  })
  if (changes.length === 0) return { checked: 1, met: 1, mismatches: [] }
  const expected = `${fields.join(', ')} unaltered`
  const observed = changes.join('; ')
  const what = fields.includes('all') ? 'Packets were' : `Of packets ${fields.join(', ')} were`
  const message = `${what} to come out unaltered, and changed were: ${observed}.`
  const mismatch = { level, provenance, phase: 'unaltered', expected, observed, message }
  return { checked: 1, met: 0, mismatches: [mismatch] }
}

function changeOf({
  kind,
  field = '',
  sent,
  seen,
}: Sighted): { readonly field: string; readonly words: string } | undefined {
  if (kind === 'altered') return { field, words: `${field} ${sent} → ${seen}` }
  if (kind === 'fragmented') return { field: 'fragmentation', words: 'came out in fragments' }
  if (kind === 'reassembled') return { field: 'fragmentation', words: 'fragments came out put together' }
  return undefined
}

function isAbout(wanted: readonly string[], field: string): boolean {
  return wanted.some((name) => {
    if (name === 'all') return true
    return UNALTERED[name]?.some(
      (each) => field === each || (each === 'option' && field.startsWith('option ')),
    )
  })
}

/** What an injection made belongs to the flow under test, even if it opened a new one. */
function isUnderTest(trace: CaseTrace, index: number, flow: number): boolean {
  return flow < 0 || trace.flow[index] === flow || trace.number[index] === 0
}

/** `packet 1`, `packets 1, 3-5 and 2 injected ones`. */
function packetsWords({ number }: CaseTrace, indices: readonly number[]): string {
  const numbers = indices.map((index) => number[index] ?? 0)
  const recorded = numbers.filter((each) => each > 0).sort((a, b) => a - b)
  const injected = numbers.length - recorded.length
  const ranges: string[] = []
  for (let i = 0; i < recorded.length; ) {
    let end = i
    while (recorded[end + 1] === (recorded[end] ?? 0) + 1) end++
    ranges.push(end === i ? `${recorded[i]}` : `${recorded[i]}-${recorded[end]}`)
    i = end + 1
  }
  const words = ranges.length === 0 ? '' : `packet${recorded.length === 1 ? '' : 's'} ${ranges.join(', ')}`
  if (injected === 0) return words
  const made = injected === 1 ? 'an injected one' : `${injected} injected ones`
  return words === '' ? made : `${words} and ${made}`
}
