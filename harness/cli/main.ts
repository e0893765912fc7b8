#!/usr/bin/env node
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { leaveWithReader, runProcess } from './process.ts'
import { VERBS, type VerbName } from './verbs.ts'
import { version } from './version.ts'

/** Runs one command line and answers its exit code. */
async function main(args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage())
    return name === undefined ? ExitCode.usage : ExitCode.ok
  }
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

function usage(): string {
  const width = Math.max(...Object.keys(VERBS).map((name) => name.length))
  const verbs = Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return [
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
  ].join('\n')
}

leaveWithReader()
await runProcess(main)
