import type { Nanos } from '../../model/batch.ts'
import { nameOf, Verdict, type VerdictName } from '../../model/codes.ts'
import type { ComparedCell, EndName, Told } from '../../model/comparison.ts'
import type { Paint, Style } from '../paint.ts'

/** What a cell of the ladder has room for: words and hosts, letters and hosts, or only letters. */
export type CellStyle = 'words' | 'letters' | 'bare'

export const VERDICTS: readonly VerdictName[] = ['forward', 'drop', 'reject', 'answered', 'undecided']

/** Words after a number of packets. */
export const DONE: Readonly<Record<VerdictName, string>> = {
  forward: 'forwarded',
  drop: 'dropped',
  reject: 'rejected',
  answered: 'answered',
  undecided: 'undecided',
}

export const LETTERS: Readonly<Record<VerdictName, string>> = {
  forward: 'F',
  drop: 'D',
  reject: 'R',
  answered: 'A',
  undecided: '?',
}

const STYLES: Readonly<Record<VerdictName, Style>> = {
  forward: 'green',
  drop: 'red',
  reject: 'magenta',
  answered: 'yellow',
  undecided: 'yellow',
}

/** Not offered there. */
export const ABSENT = '·'
export const DIFFERS = '≠'

export function verdictName(code: number): VerdictName {
  const name = nameOf(Verdict, code)
  return name === 'unknown' ? 'undecided' : name
}

/** Text in the colour of a verdict; undefined: dim. */
export function painted(paint: Paint, verdict: number | undefined, text: string): string {
  return paint(verdict === undefined ? 'dim' : STYLES[verdictName(verdict)], text)
}

/** A cell without its mark: `reject fw-b`, `R fw-b`, `R`; for a reset at expiry, who sent it. */
export function cellWords(cell: ComparedCell | undefined, style: CellStyle): string {
  if (cell === undefined) return ABSENT
  const { verdict, by } = cell
  if (verdict === undefined) return style === 'bare' ? '*' : by
  const name = verdictName(verdict)
  const what = style === 'words' ? name : LETTERS[name]
  return style === 'bare' ? what : `${what} ${by}`
}

/** Who was sent a reset or ICMP error about a packet: `RST→client`, `→both`, `→c`; empty if nobody was. */
export function toldWords(told: readonly Told[], style: CellStyle): string {
  if (told.length === 0) return ''
  const ends = new Set(told.map(({ to }) => to))
  const [only] = ends
  const whom = ends.size === 1 && only !== undefined ? only : 'both'
  const kind = told.every((one) => one.kind === 'icmp') ? 'ICMP' : 'RST'
  if (style === 'words') return `${kind}→${whom}`
  return `→${style === 'letters' ? whom : whom.charAt(0)}`
}

/** `client:1 server:12`; undefined if there are none. */
export function endCounts(counts: Readonly<Record<EndName, number>>): string | undefined {
  const words = (['client', 'server'] as const)
    .filter((end) => counts[end] > 0)
    .map((end) => `${end}:${counts[end]}`)
  return words.length === 0 ? undefined : words.join(' ')
}

/** Seconds since the first packet, to the microsecond. */
export function stamp(time: Nanos): string {
  return (time / 1e9).toFixed(6)
}
