import { complain, type Piece, part } from './text.ts'

export type FlowbitCommand = 'set' | 'unset' | 'toggle' | 'isset' | 'isnotset'

/** Keyword `flowbits` with a name, or with several (`a|b`: any of them; `set` and the like take one name). */
export interface FlowbitMatch {
  readonly command: FlowbitCommand
  readonly names: readonly string[]
}

/** Suricata's limit. */
const LONGEST = 255
const COMMANDS: readonly FlowbitCommand[] = ['set', 'unset', 'toggle', 'isset', 'isnotset']

/** Reads `set,name`, `isset,a|b`, or `noalert`. */
export function parseFlowbits(value: Piece): FlowbitMatch | 'noalert' {
  const comma = value.text.indexOf(',')
  const word = part(value, 0, comma < 0 ? value.text.length : comma)
  const rest =
    comma < 0 ? part(value, value.text.length, value.text.length) : part(value, comma + 1, value.text.length)
  if (comma >= 0 && word.text.length < comma) throw complain(value, 'a blank stands before the comma')
  if (word.text === 'noalert' && rest.text === '') return 'noalert'
  const command = COMMANDS.find((each) => each === word.text)
  if (command === undefined) throw complain(word, `this engine does not read flowbits:${word.text}`)
  const names = rest.text.split('|').map((name) => name.trim())
  if (rest.text.length > LONGEST) throw complain(rest, `flowbits takes ${LONGEST} letters of names at most`)
  for (const name of names) {
    if (name === '') throw complain(value, `flowbits:${command} needs a name`)
    if (/\s/.test(name)) throw complain(rest, `the flowbit ${JSON.stringify(name)} has a blank in its name`)
  }
  if (names.length > 1 && command !== 'isset' && command !== 'isnotset')
    throw complain(value, `flowbits:${command} takes one name`)
  return { command, names }
}

/** Whether the command tests bits; the others change one once the rest of the rule has matched. */
export function isQuestion({ command }: FlowbitMatch): boolean {
  return command === 'isset' || command === 'isnotset'
}
