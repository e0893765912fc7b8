import { terminalColumns } from '../report/screen.ts'
import { hang, wrap } from '../report/wrap.ts'
import { ExitCode } from '../support/errors.ts'
import { print } from './output.ts'
import { VERBS } from './verbs.ts'
import { version } from './version.ts'

/**
 * Prints the list of commands, or the version, if the first word of a command line asks for it; a missing word also prints the list, but is
 * an error. Returns the exit code; undefined: the word asks for something else.
 */
export function aboutItself(word: string | undefined): ExitCode | undefined {
  switch (word) {
    case '--version':
    case '-V':
      print(`${version()}\n`)
      return ExitCode.ok
    case '--help':
    case '-h':
    case 'help':
      print(usage())
      return ExitCode.ok
    case undefined:
      print(usage())
      return ExitCode.usage
    default:
      return undefined
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(VERBS).map((verb) => verb.length))
  const columns = terminalColumns(process.stdout)
  const verbs = Object.entries(VERBS).map(([verb, { summary }]) =>
    hang(`  ${verb.padEnd(width)}  `, summary, columns),
  )
  return [
    'Usage: flowbreak <command> [options]',
    '',
    wrap('What does a stateful firewall do to a connection that breaks midstream?', columns),
    '',
    'Commands:',
    ...verbs,
    '',
    wrap('flowbreak <command> --help says more. --debug shows where an error comes from.', columns),
    wrap(
      'Exit codes: 0 as expected, 1 a case failed, 2 bad usage or input, 3 a target broke, 130 interrupted.',
      columns,
    ),
    '',
  ].join('\n')
}
