import { Command, CommanderError } from 'commander'
import { terminalColumns } from '../report/screen.ts'
import { FlowbreakError } from '../support/errors.ts'
import { fullName, helpFor } from './help-items.ts'
import { print } from './output.ts'

/** A command that throws an error about its arguments instead of printing it and exiting. */
export function newCommand(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: print })
    .helpOption('-h, --help', 'show this help')
    .configureHelp(helpFor(terminalColumns(process.stdout)))
    .showSuggestionAfterError(true)
}

/** Parses; returns true if help was asked for and printed. Throws ERR_USAGE for anything that the command does not know. */
export async function parsed(command: Command, args: readonly string[]): Promise<boolean> {
  refuseRepeated(command)
  try {
    await command.parseAsync([...args], { from: 'user' })
    return false
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (thrown.exitCode === 0) return true
    const sentence = thrown.message
      .replace(/^error: /, '')
      .replaceAll('\n', ' ')
      .replace(/\. Expected (.*)\.$/, ', expected $1')
    throw new FlowbreakError(
      'ERR_USAGE',
      `${sentence}: see flowbreak ${fullName(meant(command, args))} --help.`,
    )
  }
}

/** Parses for a command with subcommands; if none is named, lists them and returns false, and nothing is done. */
export async function parsedGroup(command: Command, args: readonly string[]): Promise<boolean> {
  command.helpCommand('help [command]', 'Shows the help of a command.')
  if (args.length === 0) print(command.helpInformation())
  else await parsed(command, args)
  return args.length > 0
}

/** The subcommand that the arguments name. */
function meant(command: Command, [first, ...rest]: readonly string[]): Command {
  const sub = command.commands.find((one) => one.name() === first)
  return sub === undefined ? command : meant(sub, rest)
}

/** Refuses repeated options that may be given only once, of which the last would silently count. */
function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    if (option.parseArg === repeatable || option.isBoolean() || option.negate) continue
    let given = 0
    command.on(`option:${option.name()}`, () => {
      given++
      if (given > 1)
        throw new FlowbreakError(
          'ERR_USAGE',
          `${option.long} is given more than once, but may be given only once: see flowbreak ${fullName(command)} --help.`,
        )
    })
  }
  for (const sub of command.commands) refuseRepeated(sub)
}

/** Collects the values of an option that may be repeated. */
export function repeatable(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Reads a whole number of at least `least` and at most `most`; ERR_USAGE otherwise. */
export function wholeNumber(
  option: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (value: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  return (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= least && number <= most) return number
    throw new FlowbreakError('ERR_USAGE', `${option} takes a whole number ${range}, not ${value}.`)
  }
}
