import type { EventEmitter } from 'node:events'
import { asFlowbreakError, ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'
import { plainLines } from '../support/steering.ts'
import { StillWaiting } from './awaited.ts'
import { isEndedUnread, outputError } from './output.ts'
import { isInputClosed, isTerminalClosed, leaveClosedTerminal, speaksToTerminal } from './own-terminal.ts'
import { heedUncaught } from './uncaught.ts'

/** Signals that interrupt: Ctrl-C, a supervisor's, and that of a terminal that is closed. */
const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs the command line of this process and sets its exit code; every error ends here. `--debug`, wherever it
 * stands, shows where an error comes from. If `output` accepts no more, the command line is interrupted, and its result so far
 * counts: a reader that went away (`| head`) is not an error, and does not make a failure a success; a full disk is ERR_OUTPUT_WRITE.
 */
export async function runProcess(
  main: (args: readonly string[], signal: AbortSignal) => Promise<ExitCode>,
  output?: EventEmitter,
): Promise<void> {
  const args = process.argv.slice(2)
  const debug = args.includes('--debug')
  // Nothing may be left to wait for, or a module of the user's may end the process, whatever exit code that gives.
  const cutShort = (): void => {
    if (!isEndedUnread()) process.exitCode = told(endedTooSoon(), debug)
  }
  process.once('exit', cutShort)
  heedUncaught('this process ends here', (error) => {
    process.off('exit', cutShort)
    process.exit(told(error, debug))
  })
  const interrupt = new AbortController()
  const interrupted = new FlowbreakError('ERR_INTERRUPTED', 'Interrupted.', {
    exitCode: ExitCode.interrupted,
  })
  let waiting: StillWaiting | undefined
  const stop = () => {
    interrupt.abort(interrupted)
    waiting ??= new StillWaiting()
    // Whoever reads it may wait for what never comes.
    process.stdin.on('error', () => undefined).destroy(interrupted)
  }
  for (const name of STOPS) process.once(name, stop)
  // Nobody hears what is said at a terminal that was closed.
  if (speaksToTerminal()) process.stderr.on('error', () => undefined)
  let lost: NodeJS.ErrnoException | undefined
  output?.on('error', (error: NodeJS.ErrnoException) => {
    lost ??= error
    stop()
  })
  const isUnread = () => lost?.code === 'EPIPE'
  try {
    const own = args.filter((arg) => arg !== '--debug')
    const code = await main(own, interrupt.signal)
    // The error of the last write.
    if (output !== undefined) await new Promise(setImmediate)
    process.exitCode = isUnread() && code === ExitCode.interrupted ? ExitCode.ok : code
  } catch (thrown) {
    process.exitCode = isUnread() && thrown === interrupted ? ExitCode.ok : told(thrown, debug)
  }
  waiting?.[Symbol.dispose]()
  if (lost !== undefined && !isUnread() && !isTerminalClosed())
    process.exitCode = told(outputError(lost), debug)
  // What could not be said at the end is not what ended it.
  if ((isTerminalClosed() && interrupt.signal.aborted) || isInputClosed())
    process.exitCode = ExitCode.interrupted
  leaveClosedTerminal()
  process.off('exit', cutShort)
}

function endedTooSoon(): FlowbreakError {
  return new FlowbreakError(
    'ERR_ENDED',
    'This process ended before it was done: something that it loaded, such as the module of a target, ended it or never answered.',
    { exitCode: ExitCode.broken },
  )
}

/** Prints what went wrong in one line; returns its exit code. */
export function told(thrown: unknown, debug: boolean): ExitCode {
  const known = asFlowbreakError(thrown)
  // Where it cannot be said, the exit code still tells.
  process.stderr.on('error', () => undefined)
  process.stderr.write(`flowbreak: ${plainLines(messageOf(thrown))} (${known?.code ?? 'ERR_INTERNAL'})\n`)
  if (debug && thrown instanceof Error) process.stderr.write(`${plainLines(thrown.stack ?? '')}\n`)
  return known?.exitCode ?? ExitCode.broken
}
