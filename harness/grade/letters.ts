import type { VerdictName } from '../model/codes.ts'

/** Letters of `CaseTrace.verdict`, in the order of the `Verdict` codes. */
export const VERDICT_LETTERS = 'ufdra'
/** A step that a guard left out. */
export const NOT_RUN = 'n'

const NAMES: Readonly<Record<string, VerdictName>> = {
  u: 'undecided',
  f: 'forward',
  d: 'drop',
  r: 'reject',
  a: 'answered',
}

/** The verdict that a letter stands for; undefined for a packet that was not run. */
export function verdictOfLetter(letter: string | undefined): VerdictName | undefined {
  return letter === undefined ? undefined : NAMES[letter]
}
