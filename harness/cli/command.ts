import { Command, CommanderError } from 'commander'
import { FlowbreakError } from '../support/errors.ts'
import { print } from './output.ts'

/** A command that throws what is wrong with its arguments instead of printing it and leaving. */
export function newCommand(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: print })
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(true)
}

/** Parses; true when help was asked for and printed. Throws ERR_USAGE for what the command does not know. */
export async function parsed(command: Command, args: readonly string[]): Promise<boolean> {
  refuseRepeated(command)
  try {
    await command.parseAsync([...args], { from: 'user' })
    return false
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (thrown.exitCode === 0) return true
    const sentence = thrown.message.replace(/^error: /, '').replaceAll('\n', ' ')
    throw new FlowbreakError('ERR_USAGE', `${sentence}: see flowbreak ${fullName(command)} --help.`)
  }
}

/** Of an option that is taken once, the last value would count in silence. */
function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    if (option.parseArg === repeatable || option.isBoolean() || option.negate) continue
    let given = 0
    command.on(`option:${option.name()}`, () => {
      given++
      if (given > 1)
        throw new FlowbreakError(
          'ERR_USAGE',
          `${option.long} is given more than once, and is taken once: see flowbreak ${fullName(command)} --help.`,
        )
    })
  }
  for (const sub of command.commands) refuseRepeated(sub)
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

/** Collects an option that may be given more than once. */
export function repeatable(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Reads a whole number of at least `least`; ERR_USAGE otherwise. */
export function wholeNumber(option: string, least: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number
    throw new FlowbreakError('ERR_USAGE', `${option} takes a whole number from ${least}, not ${value}.`)
  }
}
