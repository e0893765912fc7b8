import { complain, type Piece, part, split } from './text.ts'

export type FlowbitCommand = 'set' | 'unset' | 'toggle' | 'isset' | 'isnotset'

/** Keyword `flowbits` with a name, or with several (`a|b`: any of them; `set` and the like ask one name). */
export interface FlowbitMatch {
  readonly command: FlowbitCommand
  readonly names: readonly string[]
}

const COMMANDS: readonly FlowbitCommand[] = ['set', 'unset', 'toggle', 'isset', 'isnotset']

/** Reads `set,name`, `isset,a|b`, or `noalert`. */
export function parseFlowbits(value: Piece): FlowbitMatch | 'noalert' {
  const comma = value.text.indexOf(',')
  const word = part(value, 0, comma < 0 ? value.text.length : comma)
  const rest =
    comma < 0 ? part(value, value.text.length, value.text.length) : part(value, comma + 1, value.text.length)
  if (word.text === 'noalert' && rest.text === '') return 'noalert'
  const command = COMMANDS.find((each) => each === word.text)
  if (command === undefined) throw complain(word, `this engine does not read flowbits:${word.text}`)
  const names = split(rest, '|')
  if (names.length === 0) throw complain(value, `flowbits:${command} needs a name`)
  for (const name of names)
    if (/\s/.test(name.text))
      throw complain(name, `the flowbit ${JSON.stringify(name.text)} has a blank in its name`)
  if (names.length > 1 && command !== 'isset' && command !== 'isnotset')
    throw complain(value, `flowbits:${command} takes one name`)
  return { command, names: names.map(({ text }) => text) }
}

/** Whether the command asks for bits; the others change one once the rest of the rule matched. */
export function isQuestion({ command }: FlowbitMatch): boolean {
  return command === 'isset' || command === 'isnotset'
}
