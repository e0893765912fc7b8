import { complain, type Piece } from './text.ts'

/** Keyword `content` with its modifiers: bytes, and where in a buffer they may be (Suricata 7 rules guide, payload keywords). */
export interface Content {
  readonly bytes: Uint8Array
  readonly negated: boolean
  nocase: boolean
  /** `startswith` and `endswith`: only at the start, or the end, of the buffer. */
  startsWith: boolean
  endsWith: boolean
  /** The first index at which the bytes may begin; -1: not given. */
  offset: number
  /** The highest index after the last byte, counted from the start of the buffer; -1: not given. */
  depth: number
  /** Relative to the end of the previous content. */
  distance: number | undefined
  within: number | undefined
  /** Keyword `fast_pattern` is set. */
  fast: boolean
}

/** Suricata's limit for these numbers (16 bits for offset and depth, 1 MiB for distance and within). */
const MOST_ABSOLUTE = 65_535
const MOST_RELATIVE = 1_048_576
const HEX = /^[0-9A-Fa-f]$/
/** Characters with a special meaning in a content. */
const SPECIAL = /[|\\"]/
const utf8 = new TextEncoder()

/** Reads `"GET |20|/"`, `!"…"`. */
export function parseContent(value: Piece): Content {
  const negated = value.text.startsWith('!')
  const quoted = negated ? value.text.slice(1).trimStart() : value.text
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"'))
    throw complain(value, `content stands in double quotes, ${value.text || 'nothing'} does not`)
  const bytes = bytesOf(value, quoted.slice(1, -1))
  if (bytes.length === 0) throw complain(value, 'the content is empty')
  return {
    bytes,
    negated,
    nocase: false,
    startsWith: false,
    endsWith: false,
    offset: -1,
    depth: -1,
    distance: undefined,
    within: undefined,
    fast: false,
  }
}

/** Names of the modifiers of `content`. */
export const MODIFIERS = [
  'nocase',
  'offset',
  'depth',
  'distance',
  'within',
  'startswith',
  'endswith',
  'fast_pattern',
]

/** Applies a modifier to the content before it; refuses contradictions. */
export function modify(content: Content | undefined, keyword: Piece, value: Piece): void {
  const name = keyword.text
  if (content === undefined) throw complain(keyword, `${name} needs a content before it`)
  const again = () =>
    complain(keyword, `${name} stands twice at one content, or contradicts what stands there`)
  const flag = name === 'nocase' || name === 'startswith' || name === 'endswith' || name === 'fast_pattern'
  if (flag && value.text !== '') throw complain(value, `this engine does not read ${name} with a value`)
  const absolute = content.offset >= 0 || content.depth >= 0
  const relative = content.distance !== undefined || content.within !== undefined
  if (content.fast && content.negated && name !== 'nocase' && name !== 'endswith') throw again()
  switch (name) {
    case 'nocase':
      if (content.nocase) throw again()
      content.nocase = true
      return
    case 'endswith':
      if (content.endsWith) throw again()
      content.endsWith = true
      return
    case 'startswith':
      if (absolute || relative) throw again()
      content.startsWith = true
      content.depth = content.bytes.length
      return
    case 'fast_pattern':
      if (content.fast || (content.negated && (absolute || relative))) throw again()
      content.fast = true
      return
    case 'offset':
      if (content.offset >= 0 || content.startsWith || relative) throw again()
      content.offset = number(value, 0, MOST_ABSOLUTE)
      // The depth counts from the offset.
      if (content.depth >= 0) content.depth = Math.max(content.depth, content.bytes.length) + content.offset
      return
    case 'depth':
      if (content.depth >= 0 || relative) throw again()
      content.depth = Math.max(0, content.offset) + depthOf(content, value)
      return
    case 'distance':
      if (content.distance !== undefined || absolute) throw again()
      content.distance = number(value, -MOST_RELATIVE, MOST_RELATIVE)
      return
    default:
      if (content.within !== undefined || absolute) throw again()
      content.within = number(value, content.bytes.length, MOST_RELATIVE)
  }
}

function depthOf(content: Content, value: Piece): number {
  const depth = number(value, 0, MOST_ABSOLUTE)
  if (depth < content.bytes.length)
    throw complain(value, `a depth of ${depth} is less than the ${content.bytes.length} bytes of the content`)
  return depth
}

function number(value: Piece, least: number, most: number): number {
  const found = Number(value.text)
  if (!/^-?\d+$/.test(value.text) || found < least || found > most)
    throw complain(value, `${JSON.stringify(value.text)} is not a whole number of ${least} to ${most}`)
  return found
}

/** The bytes of a content: UTF-8 text, hexadecimal between bars, and a backslash before `:`, `;`, `\` and `"`. */
function bytesOf(value: Piece, text: string): Uint8Array {
  if (!SPECIAL.test(text)) return utf8.encode(text)
  const bytes: number[] = []
  let hex: string | undefined
  /** Number of bytes when the bars were opened. */
  let before = 0
  const chars = [...text]
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ''
    if (char === '|') {
      if (hex !== undefined && hex !== '') throw complain(value, 'half a byte stands between the bars')
      if (hex !== undefined && bytes.length === before)
        throw complain(value, 'no byte stands between the bars')
      before = bytes.length
      hex = hex === undefined ? '' : undefined
    } else if (hex !== undefined) {
      if (char === ' ' || char === ',') continue
      if (!HEX.test(char)) throw complain(value, `${JSON.stringify(char)} is not hexadecimal`)
      hex += char
      if (hex.length === 2) {
        bytes.push(Number.parseInt(hex, 16))
        hex = ''
      }
    } else if (char === '\\') {
      const next = chars[++at] ?? ''
      if (!':;\\"'.includes(next) || next === '')
        throw complain(
          value,
          `a backslash stands before : ; \\ or " only, not before ${JSON.stringify(next)}`,
        )
      bytes.push(...utf8.encode(next))
    } else if (char === '"') throw complain(value, 'a quote within the content needs a backslash')
    else bytes.push(...utf8.encode(char))
  }
  if (hex !== undefined) throw complain(value, 'the bars are not closed')
  return Uint8Array.from(bytes)
}
