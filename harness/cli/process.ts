import { asFlowbreakError, ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'
import { plainLines } from '../support/steering.ts'

/**
 * Runs the command line of this process and sets its exit code; everything that goes wrong ends here. `--debug`, wherever it
 * stands, shows where an error comes from.
 */
export async function runProcess(
  main: (args: readonly string[], signal: AbortSignal) => Promise<ExitCode>,
): Promise<void> {
  const args = process.argv.slice(2)
  // Should nothing be left to wait for before it is done.
  process.exitCode = ExitCode.broken
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () =>
      interrupt.abort(
        new FlowbreakError('ERR_INTERRUPTED', 'Interrupted.', { exitCode: ExitCode.interrupted }),
      ),
    )
  try {
    const own = args.filter((arg) => arg !== '--debug')
    process.exitCode = await main(own, interrupt.signal)
  } catch (thrown) {
    process.exitCode = told(thrown, args.includes('--debug'))
  }
}

/** Says what went wrong in one line; answers the exit code that it leads to. */
function told(thrown: unknown, debug: boolean): ExitCode {
  const known = asFlowbreakError(thrown)
  process.stderr.write(`flowbreak: ${plainLines(messageOf(thrown))} (${known?.code ?? 'ERR_INTERNAL'})\n`)
  if (debug && thrown instanceof Error) process.stderr.write(`${plainLines(thrown.stack ?? '')}\n`)
  return known?.exitCode ?? ExitCode.broken
}

/** A reader of standard output that went away (`| head`) wants no more: not an error of ours. */
export function leaveWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ExitCode.ok)
    throw error
  })
}
