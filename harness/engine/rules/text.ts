import { FlowbreakError } from '../../support/errors.ts'

/** A piece of a rule and where it starts: every error about a rule names its column. */
export interface Piece {
  readonly text: string
  /** Where the rule is: `Rule 3`, or a file and line. */
  readonly where: string
  /** From 1. */
  readonly column: number
}

/** The most characters of an error message, which may quote a whole rule. */
const LONGEST = 600
/** The deepest nesting of lists and negations. */
const MOST_LEVELS = 32

/** ERR_RULE about a piece of a rule; `what` completes a sentence. */
export function complain(piece: Piece, what: string): FlowbreakError {
  const brief = what.length > LONGEST ? `${what.slice(0, LONGEST)}…` : what
  return new FlowbreakError('ERR_RULE', `${piece.where}, column ${piece.column}: ${brief}.`)
}

/** The part of a piece from `from` to `to`, trimmed. */
export function part(piece: Piece, from: number, to: number): Piece {
  const raw = piece.text.slice(from, to)
  const blanks = raw.length - raw.trimStart().length
  return { text: raw.trim(), where: piece.where, column: piece.column + from + blanks }
}

/** Splits at a separator outside brackets. An empty last part is left out. */
export function split(piece: Piece, separator: string): Piece[] {
  const parts: Piece[] = []
  let from = 0
  let depth = 0
  const { text } = piece
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '[') depth++
    else if (char === ']') depth--
    else if (char === separator && depth === 0) {
      parts.push(part(piece, from, at))
      from = at + 1
    }
  }
  const last = part(piece, from, text.length)
  return last.text === '' ? parts : [...parts, last]
}

/** Splits the options of a rule; each ends in a semicolon without a backslash before it, even within quotes. */
export function splitOptions(piece: Piece): Piece[] {
  const options: Piece[] = []
  let from = 0
  const { text } = piece
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== ';' || (at > from && text[at - 1] === '\\')) continue
    options.push(part(piece, from, at))
    from = at + 1
  }
  const rest = part(piece, from, text.length)
  if (rest.text !== '') throw complain(rest, 'this option does not end in a semicolon')
  return options
}

/** A value in Suricata's notation, `a`, `!a`, `[a,![b,c]]`. */
export interface ListItem {
  /** Without the negation. */
  readonly piece: Piece
  readonly negated: boolean
  /** Undefined if it is no list. */
  readonly items: readonly ListItem[] | undefined
}

/** Reads such a value. */
export function readList(piece: Piece, level = 0): ListItem {
  if (level > MOST_LEVELS) throw complain(piece, `lists are read ${MOST_LEVELS} levels deep`)
  const negated = piece.text.startsWith('!')
  const value = negated ? part(piece, 1, piece.text.length) : piece
  const { text } = value
  if (text === '') throw complain(value, 'something is missing here')
  // Suricata takes the two for one.
  if (text.startsWith('!')) throw complain(value, 'one negation stands behind another')
  if (!text.startsWith('[')) return { piece: value, negated, items: undefined }
  if (!text.endsWith(']')) throw complain(value, `the list ${text} is not closed`)
  const blank = /[ \t][,\]]/.exec(text)
  if (blank !== null)
    throw complain(
      { ...value, column: value.column + blank.index },
      'a blank stands behind an item of a list',
    )
  const items = split(part(value, 1, text.length - 1), ',').map((item) => readList(item, level + 1))
  if (items.length === 0) throw complain(value, 'the list is empty')
  return { piece: value, negated, items }
}
