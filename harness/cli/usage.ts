import { ExitCode } from '../support/errors.ts'
import { print } from './output.ts'
import { VERBS } from './verbs.ts'

/** Whether a command line with that first word asks which commands there are. */
export function asksForUsage(name: string): boolean {
  return name === '--help' || name === '-h' || name === 'help'
}

/** Prints which commands there are; answers the exit code: that of a mistake where no word was given. */
export function printUsage(name: string | undefined): ExitCode {
  const width = Math.max(...Object.keys(VERBS).map((verb) => verb.length))
  const verbs = Object.entries(VERBS).map(([verb, { summary }]) => `  ${verb.padEnd(width)}  ${summary}`)
  const lines = [
    'Usage: flowbreak <command> [options]',
    '',
    'What does a stateful firewall do to a connection that breaks midstream?',
    '',
    'Commands:',
    ...verbs,
    '',
    'flowbreak <command> --help says more. --debug shows where an error comes from.',
    'Exit codes: 0 as expected, 1 a case failed, 2 bad usage or input, 3 a target broke, 130 interrupted.',
    '',
  ]
  print(lines.join('\n'))
  return name === undefined ? ExitCode.usage : ExitCode.ok
}
