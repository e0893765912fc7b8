import { checkBuffer, stickyBuffer } from './buffers.ts'
import { classtypeOf } from './classtypes.ts'
import { type Content, MODIFIERS, modify, parseContent } from './content.ts'
import { type FlagMatch, parseFlags } from './flag-match.ts'
import { parseFlow } from './flow-match.ts'
import { type FlowbitMatch, parseFlowbits } from './flowbits.ts'
import type { BufferMatch, FlowMatch, RuleProtocol } from './rule.ts'
import { complain, type Piece, part, splitOptions } from './text.ts'

/** The options in the parentheses of a rule. */
export interface RuleOptions {
  readonly flags: FlagMatch[]
  flow: FlowMatch | undefined
  readonly flowbits: FlowbitMatch[]
  readonly contents: Content[]
  readonly buffers: BufferMatch[]
  noalert: boolean
  priority: number | undefined
  classtype: string
  sid: number
  rev: number
  msg: string
}

const DEFAULT_PRIORITY = 3
const LAST_PRIORITY = 255
const LAST_SID = 4_294_967_294
/** Keywords for human readers only, and the syntax that Suricata requires of them. */
const REMARKS: ReadonlyMap<string, RegExp> = new Map([
  ['metadata', /^[^"]/],
  ['reference', /^[A-Za-z0-9]+\s*,["\s]*[\w\-./?=]/],
])
const CLASSTYPE = /^[A-Za-z][\w-]{0,62}$/
/** Keywords that may occur only once in a rule. */
const ONCE = ['sid', 'rev', 'msg', 'priority', 'classtype', 'flow']

/** Reads the options of a rule about `protocol`; a keyword that this engine does not support is refused by name. */
export function parseOptions(piece: Piece, protocol: RuleProtocol): RuleOptions {
  const reader = new OptionReader(protocol)
  for (const option of splitOptions(piece)) {
    const colon = option.text.indexOf(':')
    const end = option.text.length
    const keyword = part(option, 0, colon < 0 ? end : colon)
    reader.read(keyword, colon < 0 ? part(option, end, end) : part(option, colon + 1, end))
  }
  return reader.finish(piece)
}

/** The priority of a rule: its own, else that of its classtype, else 3. */
export function priorityOf({ priority, classtype }: RuleOptions): number {
  return priority ?? classtypeOf(classtype)?.priority ?? DEFAULT_PRIORITY
}

/** The description of a rule's classtype; empty if it has none or an unknown one. */
export function categoryOf({ classtype }: RuleOptions): string {
  return classtypeOf(classtype)?.description ?? ''
}

class OptionReader {
  readonly #protocol: RuleProtocol
  readonly #options: RuleOptions = {
    flags: [],
    flow: undefined,
    flowbits: [],
    contents: [],
    buffers: [],
    noalert: false,
    priority: undefined,
    classtype: '',
    sid: 0,
    rev: 0,
    msg: '',
  }
  /** The list to which the next content belongs, and the last content. */
  #into: Content[] = this.#options.contents
  #last: Content | undefined
  readonly #keywords: Piece[] = []
  readonly #read = new Set<string>()

  constructor(protocol: RuleProtocol) {
    this.#protocol = protocol
  }

  read(keyword: Piece, value: Piece): void {
    const options = this.#options
    if (ONCE.includes(keyword.text) && this.#read.has(keyword.text))
      throw complain(keyword, `a rule has one ${keyword.text} keyword only`)
    this.#read.add(keyword.text)
    switch (keyword.text) {
      case 'sid':
        options.sid = wholeNumber(value, LAST_SID)
        return
      case 'rev':
        options.rev = wholeNumber(value, LAST_SID)
        return
      case 'msg':
        options.msg = unquoted(value)
        return
      case 'priority':
        options.priority = wholeNumber(value, LAST_PRIORITY)
        return
      case 'classtype':
        if (!CLASSTYPE.test(value.text))
          throw complain(value, `${JSON.stringify(value.text)} is not a classtype`)
        options.classtype = value.text
        return
      case 'noalert':
        if (value.text !== '') throw complain(value, 'noalert takes no value')
        options.noalert = true
        return
      case 'flags':
        options.flags.push(parseFlags(value))
        return
      case 'flow':
        options.flow = parseFlow(value)
        return
      case 'flowbits':
        this.#readFlowbits(value)
        return
      case 'content':
        this.#last = parseContent(value)
        this.#into.push(this.#last)
        return
    }
    if (MODIFIERS.includes(keyword.text)) modify(this.#last, keyword, value)
    else if (stickyBuffer(keyword.text) !== undefined) this.#enterBuffer(keyword, value)
    else this.#readRemark(keyword, value)
  }

  finish(piece: Piece): RuleOptions {
    const options = this.#options
    if (options.sid === 0) throw complain(piece, 'the rule has no sid')
    for (const [index, buffer] of options.buffers.entries())
      checkBuffer(buffer, this.#keywords[index] ?? piece)
    if (options.contents.filter(({ fast }) => fast).length > 1)
      throw complain(piece, 'fast_pattern stands at one content only')
    const [keyword] = this.#keywords
    if (keyword === undefined) return options
    if (options.contents.length > 0)
      throw complain(keyword, `this engine does not read content outside buffers beside ${keyword.text}`)
    if (options.flags.length > 0)
      throw complain(keyword, `flags are about packets and ${keyword.text} is about a stream: leave one out`)
    if (options.flow?.toServer === false && options.buffers.some(({ buffer }) => isRequest(buffer)))
      throw complain(
        keyword,
        `${keyword.text} goes to the server, and the rule is about packets to the client`,
      )
    return options
  }

  #readRemark(keyword: Piece, value: Piece): void {
    const wanted = REMARKS.get(keyword.text)
    if (wanted === undefined)
      throw complain(keyword, `this engine does not read the keyword ${JSON.stringify(keyword.text)}`)
    if (wanted.test(value.text)) return
    const wrong =
      value.text === ''
        ? `${keyword.text} needs a value`
        : `${JSON.stringify(value.text)} is not what ${keyword.text} takes`
    throw complain(value, wrong)
  }

  #readFlowbits(value: Piece): void {
    const bits = parseFlowbits(value)
    if (bits === 'noalert') this.#options.noalert = true
    else this.#options.flowbits.push(bits)
  }

  #enterBuffer(keyword: Piece, value: Piece): void {
    const sticky = stickyBuffer(keyword.text)
    if (sticky === undefined || value.text !== '')
      throw complain(value, `${keyword.text} takes no value: the content stands behind it`)
    const fits = sticky.protocol === this.#protocol || this.#protocol === 'tcp' || this.#protocol === 'ip'
    if (!fits && !(this.#protocol === 'udp' && sticky.protocol === 'dns'))
      throw complain(
        keyword,
        `${keyword.text} is about ${sticky.protocol}, and the rule about ${this.#protocol}`,
      )
    const [first] = this.#keywords
    if (first !== undefined && stickyBuffer(first.text)?.protocol !== sticky.protocol)
      throw complain(keyword, `${keyword.text} and ${first.text} are of two protocols: no flow speaks both`)
    if (this.#options.buffers.some(({ buffer }) => buffer === sticky.code))
      throw complain(keyword, `this engine does not read ${keyword.text} twice in one rule`)
    const contents: Content[] = []
    this.#options.buffers.push({ buffer: sticky.code, contents })
    this.#keywords.push(keyword)
    this.#into = contents
    this.#last = undefined
  }
}

function isRequest(buffer: number): boolean {
  return buffer !== SSH
}

const SSH = stickyBuffer('ssh.proto')?.code

function unquoted(value: Piece): string {
  const quoted = /^"(.+)"$/s.exec(value.text)?.[1]
  if (quoted === undefined)
    throw complain(value, `${value.text || 'nothing'} does not stand in double quotes, or is empty`)
  return quoted.replace(/\\(.)/gs, '$1')
}

function wholeNumber(value: Piece, most: number): number {
  const number = Number(value.text)
  if (!/^\d+$/.test(value.text) || number < 1 || number > most)
    throw complain(value, `${JSON.stringify(value.text)} is not a whole number of 1 to ${most}`)
  return number
}
