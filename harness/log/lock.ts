import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

/** The process that writes a log: its number, and when it was started, because numbers are reused. */
interface Owner {
  readonly pid: number
  readonly started: string
}

/**
 * Locks a run log for one process: a file beside it names the process, so that a run which is still going on is not resumed by
 * another. The lock of a process that no longer exists is taken over. Throws ERR_LOG_LOCKED, exit code 2.
 */
export class LogLock {
  readonly #file: string
  readonly #onExit = (): void => rmSync(this.#file, { force: true })

  /** `log`: the path of the log. */
  constructor(log: string) {
    this.#file = `${log}.lock`
    acquire(this.#file, log)
    process.once('exit', this.#onExit)
  }

  release(): void {
    process.off('exit', this.#onExit)
    this.#onExit()
  }
}

/** Makes a lock file of this process; it appears with all that it says, or not at all. Throws ERR_LOG_LOCKED and ERR_LOG_WRITE. */
function acquire(file: string, log: string): void {
  const own = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`
  const text = JSON.stringify({ pid: process.pid, started: startOf(process.pid) ?? '' } satisfies Owner)
  try {
    writeFileSync(own, text)
    while (!isPut(own, file, text)) removeStale(file, log)
  } catch (thrown) {
    throw thrown instanceof FlowbreakError ? thrown : cannotLock(log, thrown)
  } finally {
    rmSync(own, { force: true })
  }
}

/** Gives what one file holds a second name, unless there is such a file. */
function isPut(own: string, file: string, text: string): boolean {
  try {
    try {
      linkSync(own, file)
    } catch (thrown) {
      if (!NO_LINKS.some((code) => isCode(thrown, code))) throw thrown
      writeFileSync(file, text, { flag: 'wx' })
    }
    return true
  } catch (thrown) {
    if (isCode(thrown, 'EEXIST')) return false
    throw thrown
  }
}

/** Errors of file systems on which a file has only one name. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/**
 * Removes the lock of a process that no longer exists. Whoever does so holds a lock for that, and looks again under it: otherwise it could
 * remove the lock of one who was faster.
 */
function removeStale(file: string, log: string): void {
  refuseIfHeld(file, log)
  const removing = `${file}.lock`
  acquire(removing, log)
  try {
    refuseIfHeld(file, log)
    rmSync(file, { force: true })
  } finally {
    rmSync(removing, { force: true })
  }
}

/** Throws ERR_LOG_LOCKED if the file is the lock of a process that exists. */
function refuseIfHeld(file: string, log: string): void {
  const owner = ownerIn(file)
  if (owner !== undefined && startOf(owner.pid) === owner.started)
    throw new FlowbreakError(
      'ERR_LOG_LOCKED',
      `${log} is being written by process ${owner.pid}: wait for the end of that run, or interrupt it.`,
    )
}

function ownerIn(file: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value))
      return undefined
    return { pid: Number(value.pid), started: String(value.started) }
  } catch {
    return undefined
  }
}

/** When a process was started, in ticks since the system was, together with the system's own start; undefined: no such process. */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program, in parentheses, may contain anything: field 22 is the twentieth after it (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`
  } catch {
    return undefined
  }
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}

function cannotLock(log: string, thrown: unknown): FlowbreakError {
  return new FlowbreakError(
    'ERR_LOG_WRITE',
    `The run log ${log} cannot be written (${messageOf(thrown)}): give another directory with --output.`,
    { exitCode: ExitCode.broken, cause: thrown },
  )
}
