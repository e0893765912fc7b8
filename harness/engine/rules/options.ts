import { type FlagMatch, parseFlags } from './flag-match.ts'
import { complain, type Piece, part, split } from './text.ts'

/** What stands in the parentheses of a rule. */
export interface RuleOptions {
  flags: FlagMatch | undefined
  established: boolean | undefined
  toServer: boolean | undefined
  /** Keyword `flow` was there, if only as `stateless`. */
  flow: boolean
  priority: number
  sid: number
}

const DEFAULT_PRIORITY = 3
const LAST_PRIORITY = 65_535
/** Keywords that say something for people only. */
const REMARKS = ['msg', 'rev', 'noalert', 'metadata', 'reference', 'classtype']

/** Reads the options; a keyword that this engine does not know is refused by name. */
export function parseOptions(piece: Piece): RuleOptions {
  const options: RuleOptions = {
    flags: undefined,
    established: undefined,
    toServer: undefined,
    flow: false,
    priority: DEFAULT_PRIORITY,
    sid: 0,
  }
  for (const option of split(piece, ';')) {
    const colon = option.text.indexOf(':')
    const keyword = part(option, 0, colon < 0 ? option.text.length : colon)
    const value =
      colon < 0
        ? part(option, option.text.length, option.text.length)
        : part(option, colon + 1, option.text.length)
    readOption(options, keyword, value)
  }
  if (options.sid === 0) throw complain(piece, 'the rule has no sid')
  return options
}

function readOption(options: RuleOptions, keyword: Piece, value: Piece): void {
  if (REMARKS.includes(keyword.text)) return
  if (keyword.text === 'sid') options.sid = wholeNumber(value, 4_294_967_295)
  else if (keyword.text === 'priority') options.priority = wholeNumber(value, LAST_PRIORITY)
  else if (keyword.text === 'flags') options.flags = parseFlags(value)
  else if (keyword.text === 'flow') readFlow(options, value)
  else throw complain(keyword, `this engine does not read the keyword ${JSON.stringify(keyword.text)}`)
}

function readFlow(options: RuleOptions, value: Piece): void {
  options.flow = true
  let states = 0
  let directions = 0
  for (const word of split(value, ',')) {
    if (word.text === 'to_server' || word.text === 'from_client') options.toServer = true
    else if (word.text === 'to_client' || word.text === 'from_server') options.toServer = false
    else if (word.text === 'established') options.established = true
    else if (word.text === 'not_established') options.established = false
    else if (word.text !== 'stateless') throw complain(word, `this engine does not read flow:${word.text}`)
    if (/_(server|client)$/.test(word.text)) directions++
    else states++
    if (states > 1 || directions > 1)
      throw complain(word, `flow:${word.text} contradicts what stands before it`)
  }
}

function wholeNumber(value: Piece, most: number): number {
  const number = Number(value.text)
  if (!/^\d+$/.test(value.text) || number < 1 || number > most)
    throw complain(value, `${JSON.stringify(value.text)} is not a whole number of 1 to ${most}`)
  return number
}
