import { didYouMean } from '../support/did-you-mean.ts'
import { type ExitCode, FlowbreakError } from '../support/errors.ts'
import { runProcess } from './process.ts'
import { aboutItself } from './usage.ts'
import { VERBS, type VerbName } from './verbs.ts'

/** Runs one command line and returns its exit code. */
async function main(args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const [name, ...rest] = args
  const answered = aboutItself(name)
  if (answered !== undefined) return answered
  if (!isVerb(name))
    throw new FlowbreakError(
      'ERR_USAGE',
      `There is no command ${name}: flowbreak --help lists the commands.${didYouMean(name ?? '', Object.keys(VERBS))}`,
    )
  const { main: verb } = await VERBS[name].load()
  return verb(rest, { signal })
}

function isVerb(name: string | undefined): name is VerbName {
  return name !== undefined && Object.hasOwn(VERBS, name)
}

void runProcess(main, process.stdout)
