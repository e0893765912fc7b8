import { parseAddresses } from './addresses.ts'
import { categoryOf, parseOptions, priorityOf } from './options.ts'
import { arePortsEqual, parsePorts } from './ports.ts'
import type { Rule, RuleAction, RuleProtocol } from './rule.ts'
import { complain, type Piece, part, split } from './text.ts'

const LONGEST = 8190
const ACTIONS: readonly RuleAction[] = ['pass', 'drop', 'reject', 'alert']
const PROTOCOLS: readonly RuleProtocol[] = [
  'ip',
  'tcp',
  'tcp-pkt',
  'tcp-stream',
  'udp',
  'icmp',
  'http',
  'tls',
  'ssh',
  'dns',
]

/**
 * Reads rules in Suricata's language, as far as this engine supports it (docs/rules.md); blank lines and lines that begin with
 * `#` are skipped. ERR_RULE names the rule, or the file and its line, and the column of whatever is not supported, or of a duplicate
 * sid. `name` says where the rule at an index is; by default `Rule 3`.
 */
export function parseRules(texts: readonly string[], name = (index: number) => `Rule ${index + 1}`): Rule[] {
  const rules: Rule[] = []
  const seen = new Map<number, string>()
  for (const [index, text] of texts.entries()) {
    if (isRemark(text)) continue
    const where = name(index)
    const rule = parseRule(text, where)
    const before = seen.get(rule.sid)
    if (before !== undefined)
      throw complain(
        { text, where, column: text.lastIndexOf('sid') + 1 },
        `the sid ${rule.sid} stands in ${before} too: give each rule its own`,
      )
    seen.set(rule.sid, where)
    rules.push(rule)
  }
  return rules
}

/** Whether a line of a rule file is blank or a comment. */
export function isRemark(line: string): boolean {
  return /^\s*(#|$)/.test(line)
}

/** Reads one rule, as `parseRules` does. */
export function parseRule(text: string, where: string): Rule {
  const whole: Piece = { text, where, column: 1 }
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open || text.slice(close + 1).trim() !== '')
    throw complain(whole, 'the options of a rule stand in parentheses at its end')
  const tab = text.slice(0, open).indexOf('\t')
  if (tab >= 0) throw complain({ ...whole, column: tab + 1 }, 'blanks, not tabs, stand before the options')
  if (text[open - 1] !== ' ') throw complain(part(whole, open, close), 'a blank stands before the options')
  checkText(whole)
  const words = split(part(whole, 0, open), ' ').filter((word) => word.text !== '')
  const [action, protocol, source, sourcePort, arrow, destination, destinationPort, extra] = words
  if (
    action === undefined ||
    protocol === undefined ||
    source === undefined ||
    sourcePort === undefined ||
    arrow === undefined ||
    destination === undefined ||
    destinationPort === undefined
  )
    throw complain(whole, 'a rule begins with: action protocol source port -> destination port')
  if (extra !== undefined) throw complain(extra, `${JSON.stringify(extra.text)} is too much here`)
  const about = oneOf(protocol, PROTOCOLS, 'a protocol')
  const options = parseOptions(part(whole, open + 1, close), about)
  const { flags, flow, flowbits, contents, buffers, sid, rev, msg } = options
  if (about === 'tcp-stream' && flags.length > 0)
    throw complain(protocol, 'tcp-stream is about no single packet, which flags are: leave one out')
  const ends = {
    source: parseAddresses(source),
    sourcePorts: parsePorts(sourcePort),
    destination: parseAddresses(destination),
    destinationPorts: parsePorts(destinationPort),
  }
  return {
    action: oneOf(action, ACTIONS, 'an action'),
    protocol: about,
    ...ends,
    bothWays: oneOf(arrow, ['->', '<>'], 'an arrow') === '<>' && !areTheSame(ends),
    flags,
    flow,
    flowbits,
    contents,
    buffers,
    noalert: options.noalert,
    priority: priorityOf(options),
    sid,
    rev,
    msg,
    category: categoryOf(options),
  }
}

/** Suricata's limits on a rule: its length, and no control characters except blanks. */
function checkText(whole: Piece): void {
  const { text } = whole
  if (new TextEncoder().encode(text).length > LONGEST)
    throw complain(whole, `a rule is of ${LONGEST} bytes at most`)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code < 0x20 && !'\t\r\n'.includes(text[at] ?? '')) || code === 0x7f)
      throw complain({ ...whole, column: at + 1 }, 'a rule has no control characters')
  }
}

/** If both ends are equal, `<>` is one direction only (Suricata 7, detect-parse.c, SigHasSameSourceAndDestination). */
function areTheSame(
  ends: Pick<Rule, 'source' | 'sourcePorts' | 'destination' | 'destinationPorts'>,
): boolean {
  const { source, sourcePorts, destination, destinationPorts } = ends
  return source.equals(destination) && arePortsEqual(sourcePorts, destinationPorts)
}

function oneOf<T extends string>(piece: Piece, words: readonly T[], what: string): T {
  const found = words.find((word) => word === piece.text)
  if (found === undefined)
    throw complain(
      piece,
      `${JSON.stringify(piece.text)} is not ${what} that this engine reads: ${words.join(', ')}`,
    )
  return found
}
