import { FlowbreakError } from '../../support/errors.ts'

/** A piece of a rule, and where it starts: every complaint about a rule names its column. */
export interface Piece {
  readonly text: string
  /** Where the rule stands: `Rule 3`, or a file and line. */
  readonly where: string
  /** From 1. */
  readonly column: number
}

/** Letters of a complaint, which may quote a whole rule. */
const LONGEST = 600
/** Lists within lists, and negations of negations. */
const MOST_LEVELS = 32

/** ERR_RULE about a piece of a rule; `what` completes a sentence. */
export function complain(piece: Piece, what: string): FlowbreakError {
  const brief = what.length > LONGEST ? `${what.slice(0, LONGEST)}…` : what
  return new FlowbreakError('ERR_RULE', `${piece.where}, column ${piece.column}: ${brief}.`)
}

/** The part of a piece from `from` to `to`, without blanks round it. */
export function part(piece: Piece, from: number, to: number): Piece {
  const raw = piece.text.slice(from, to)
  const blanks = raw.length - raw.trimStart().length
  return { text: raw.trim(), where: piece.where, column: piece.column + from + blanks }
}

/**
 * Splits at a separator wherever it stands outside quotes and brackets; backslashes protect the character after them. A last
 * empty part is left out.
 */
export function split(piece: Piece, separator: string): Piece[] {
  const parts: Piece[] = []
  let from = 0
  let depth = 0
  let quoted = false
  const { text } = piece
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (quoted) continue
    else if (char === '[') depth++
    else if (char === ']') depth--
    else if (char === separator && depth === 0) {
      parts.push(part(piece, from, at))
      from = at + 1
    }
  }
  const last = part(piece, from, text.length)
  return last.text === '' ? parts : [...parts, last]
}

/** The items of a list in Suricata's notation, `a`, `!a`, `[a,![b,c]]`, flattened, each with whether it is negated. */
export function listItems(
  piece: Piece,
  negated = false,
  level = 0,
): { readonly item: Piece; readonly negated: boolean }[] {
  const { text } = piece
  if (level > MOST_LEVELS) throw complain(piece, `lists are read ${MOST_LEVELS} levels deep`)
  if (text.startsWith('!')) return listItems(part(piece, 1, text.length), !negated, level + 1)
  if (!text.startsWith('[')) {
    if (text === '') throw complain(piece, 'something is missing here')
    return [{ item: piece, negated }]
  }
  if (!text.endsWith(']')) throw complain(piece, `the list ${text} is not closed`)
  const items = split(part(piece, 1, text.length - 1), ',').flatMap((item) =>
    listItems(item, negated, level + 1),
  )
  if (items.length === 0) throw complain(piece, 'the list is empty')
  return items
}
