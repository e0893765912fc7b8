import { type ChildProcess, spawn } from 'node:child_process'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'

/** How much of a process's output is kept, from its end. */
const KEPT_LETTERS = 16_384
const SHOWN_LINES = 5

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Seconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/** How a process ended by itself. */
export interface Ended {
  readonly code: number | null
  /** Name of the signal that killed it. */
  readonly killedBy: NodeJS.Signals | null
  /** The end of its output, standard output and error together. */
  readonly said: string
}

/**
 * Runs a process to its end. No process is left when this settles: it and those that it started are killed by id when its time is
 * over (ERR_SURICATA_TIMEOUT) or the signal is aborted (whose reason is thrown). Throws ERR_SURICATA_FAILED if it cannot be started.
 */
export async function runProcess({ command, args, cwd, timeout, signal }: Command): Promise<Ended> {
  signal.throwIfAborted()
  // In a process group of its own: an interrupt from the keyboard is for flowbreak to handle, and a wrapper dies with what it wraps.
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = keepLast(child)
  let late = false
  const kill = () => killGroup(child)
  const timer = setTimeout(() => {
    late = true
    kill()
  }, timeout * 1000)
  signal.addEventListener('abort', kill, { once: true })
  try {
    const { code, killedBy } = await untilEnd(child)
    signal.throwIfAborted()
    if (late)
      throw new FlowbreakError(
        'ERR_SURICATA_TIMEOUT',
        `Suricata did not finish within ${timeout} s and was stopped: give it a longer timeout, or a smaller capture.${quoted(said())}`,
        { exitCode: ExitCode.broken },
      )
    return { code, killedBy, said: said() }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', kill)
  }
}

/** The last lines of a process's output, as a sentence that follows one about it. */
export function quoted(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return lines.length === 0 ? '' : ` It said: ${lines.slice(-SHOWN_LINES).join(' / ')}`
}

/** Kills a process that leads a group, with all processes that it started. */
export function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

function untilEnd(child: ChildProcess): Promise<Omit<Ended, 'said'>> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(unstarted(child, error)))
    child.once('close', (code, killedBy) => resolve({ code, killedBy }))
  })
}

function unstarted({ spawnfile }: ChildProcess, cause: Error): FlowbreakError {
  const code = 'code' in cause ? cause.code : cause.message
  return new FlowbreakError(
    'ERR_SURICATA_FAILED',
    `Suricata (${spawnfile}) cannot be started (${code}): check that it can be run, and that the limits of this user allow more processes and open files (ulimit -a).`,
    { exitCode: ExitCode.broken, cause },
  )
}

/** Keeps the end of a process's output, standard output and error together. */
export function keepLast(child: ChildProcess): () => string {
  let kept = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      kept = (kept + text).slice(-KEPT_LETTERS)
    })
  return () => kept
}
