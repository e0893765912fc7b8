import { parseAddresses } from './addresses.ts'
import { parseOptions } from './options.ts'
import { parsePorts } from './ports.ts'
import type { Rule, RuleAction } from './rule.ts'
import { complain, type Piece, part, split } from './text.ts'

const ACTIONS: readonly RuleAction[] = ['pass', 'drop', 'reject', 'alert']
const PROTOCOLS: readonly Rule['protocol'][] = ['ip', 'tcp', 'udp', 'icmp']

/**
 * Reads a rule in Suricata's language, as far as this engine knows it: header, and the options flow, flags, priority, sid and
 * those for people. ERR_RULE names rule and column of what it does not know. `rule` counts from 1.
 */
export function parseRule(text: string, rule: number): Rule {
  const whole: Piece = { text, rule, column: 1 }
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open || text.slice(close + 1).trim() !== '')
    throw complain(whole, 'the options of a rule stand in parentheses at its end')
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
  const options = parseOptions(part(whole, open + 1, close))
  return {
    action: oneOf(action, ACTIONS, 'an action'),
    protocol: oneOf(protocol, PROTOCOLS, 'a protocol'),
    source: parseAddresses(source),
    sourcePorts: parsePorts(sourcePort),
    destination: parseAddresses(destination),
    destinationPorts: parsePorts(destinationPort),
    bothWays: oneOf(arrow, ['->', '<>'], 'an arrow') === '<>',
    flags: options.flags,
    established: options.established,
    toServer: options.toServer,
    priority: options.priority,
    sid: options.sid,
    ofFlow: !options.flow && options.flags === undefined,
  }
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
