import type { CaseResult } from '../log/cases.ts'
import type { CaseTrace, Mismatch } from '../model/run-log.ts'
import { packetWords } from './packet-words.ts'

/** The first mismatch of a case that can fail it, in order of the packets; those of the case as a whole come last. */
export function firstDifference({ finished }: CaseResult): Mismatch | undefined {
  return finished?.mismatches
    .filter(({ level }) => level !== 'provisional')
    .sort((a, b) => (a.index ?? Number.POSITIVE_INFINITY) - (b.index ?? Number.POSITIVE_INFINITY))[0]
}

/** Why a case is not as expected, in one sentence: `packet 6, c2s, …: expected drop, observed forward`. */
export function reasonOf(result: CaseResult): string {
  const first = firstDifference(result)
  if (first === undefined || result.outcome === 'error') return result.detail ?? result.outcome
  return differenceWords(first, result.finished?.trace)
}

export function differenceWords(
  { index, phase, expected, observed }: Mismatch,
  trace: CaseTrace | undefined,
): string {
  const packet = index === undefined || trace === undefined ? undefined : packetWords(trace, index)
  return `${packet === undefined ? phase : `${packet} (${phase})`}: expected ${expected}, observed ${observed}`
}
