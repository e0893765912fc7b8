import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { leaveWithReader, runProcess } from './process.ts'
import { asksForUsage, printUsage } from './usage.ts'
import { VERBS, type VerbName } from './verbs.ts'
import { version } from './version.ts'

/** Runs one command line and answers its exit code. */
async function main(args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const [name, ...rest] = args
  if (name === undefined || asksForUsage(name)) return printUsage(name)
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${version()}\n`)
    return ExitCode.ok
  }
  if (!isVerb(name))
    throw new FlowbreakError(
      'ERR_USAGE',
      `There is no command ${name}: flowbreak --help names those that there are.`,
    )
  const { main: verb } = await VERBS[name].load()
  return verb(rest, { signal })
}

function isVerb(name: string): name is VerbName {
  return Object.hasOwn(VERBS, name)
}

leaveWithReader()
void runProcess(main)
