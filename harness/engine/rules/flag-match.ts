import { Tcp } from '../../model/codes.ts'
import { complain, type Piece } from './text.ts'

const LETTERS: Readonly<Record<string, number>> = {
  F: Tcp.fin,
  S: Tcp.syn,
  R: Tcp.rst,
  P: Tcp.psh,
  A: Tcp.ack,
  U: Tcp.urg,
  E: Tcp.ece,
  C: Tcp.cwr,
  2: Tcp.ece,
  1: Tcp.cwr,
  0: 0,
}

/** Keyword `flags`: exactly these, all of these (`+`), any of these (`*`), or not all of these (`!`); others are ignored. */
export interface FlagMatch {
  readonly mode: '=' | '+' | '*' | '!'
  readonly flags: number
  readonly ignored: number
}

/** Reads `S`, `+SA`, `S,CE` … */
export function parseFlags(piece: Piece): FlagMatch {
  const match = /^([!+*]?)([A-Z0-9]+)([!+*]?)(?:\s*,\s*([A-Z1-9]+))?$/.exec(piece.text)
  const [, before = '', letters = '', after = '', ignored = ''] = match ?? []
  if (match === null || (before !== '' && after !== '') || piece.text.length > LONGEST)
    throw complain(piece, `${JSON.stringify(piece.text)} are not TCP flags: letters of FSRPAUEC`)
  if (letters.length > 1 && letters.includes('0'))
    throw complain(piece, 'the 0 of flags, none of them, stands alone')
  const mode = before || after || '='
  return {
    mode: mode === '+' || mode === '*' || mode === '!' ? mode : '=',
    flags: bitsOf(piece, letters),
    ignored: bitsOf(piece, ignored),
  }
}

/** Suricata's limit. */
const LONGEST = 15
const OPEN_OR_CLOSE = Tcp.syn | Tcp.rst | Tcp.fin
const UNUSUAL = Tcp.urg | Tcp.ece | Tcp.cwr

/**
 * Whether TCP flags match. Suricata evaluates a rule that names SYN, RST or FIN only for packets that have one of these, and one
 * that names URG, ECE or CWR only for packets that have one of those, even with `!`; and one that names SYN
 * without `!` only for packets that have SYN (detect-engine-build.c, detect-engine-siggroup.c).
 */
export function matchesFlags({ mode, flags, ignored }: FlagMatch, seen: number): boolean {
  if ((flags & OPEN_OR_CLOSE) !== 0 && (seen & OPEN_OR_CLOSE) === 0) return false
  if ((flags & Tcp.syn) !== 0 && mode !== '!' && (seen & Tcp.syn) === 0) return false
  if ((flags & UNUSUAL) !== 0 && (seen & UNUSUAL) === 0) return false
  if (flags === 0 && seen !== 0) return mode === '!'
  const counted = seen & ~ignored
  if (mode === '*') return (counted & flags) !== 0
  if (mode === '=') return counted === flags
  return ((counted & flags) === flags) === (mode === '+')
}

function bitsOf(piece: Piece, letters: string): number {
  let bits = 0
  for (const letter of letters) {
    const bit = LETTERS[letter]
    if (bit === undefined) throw complain(piece, `${letter} is not a TCP flag: choose from FSRPAUEC`)
    bits |= bit
  }
  return bits
}
