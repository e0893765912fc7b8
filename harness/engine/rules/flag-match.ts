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
}

/** Keyword `flags`: exactly these, at least these (`+`), any of these (`*`), or not exactly these (`!`); others are ignored. */
export interface FlagMatch {
  readonly mode: '=' | '+' | '*' | '!'
  readonly flags: number
  readonly ignored: number
}

/** Reads `S`, `+SA`, `S,CE` … */
export function parseFlags(piece: Piece): FlagMatch {
  const match = /^([!+*]?)([A-Z0]+)([!+*]?)(?:\s*,\s*([A-Z]+))?$/i.exec(piece.text)
  if (match === null) throw complain(piece, `${JSON.stringify(piece.text)} are not TCP flags`)
  const [, before = '', letters = '', after = '', ignored = ''] = match
  const mode = before || after || '='
  return {
    mode: mode === '+' || mode === '*' || mode === '!' ? mode : '=',
    flags: bitsOf(piece, letters),
    ignored: bitsOf(piece, ignored),
  }
}

/** Whether TCP flags match. */
export function matchesFlags({ mode, flags, ignored }: FlagMatch, seen: number): boolean {
  const counted = seen & ~ignored
  if (mode === '+') return (counted & flags) === flags
  if (mode === '*') return (counted & flags) !== 0
  return (counted === flags) === (mode === '=')
}

function bitsOf(piece: Piece, letters: string): number {
  let bits = 0
  for (const letter of letters.toUpperCase()) {
    if (letter === '0') continue
    const bit = LETTERS[letter]
    if (bit === undefined) throw complain(piece, `${letter} is not a TCP flag: choose from FSRPAUEC`)
    bits |= bit
  }
  return bits
}
