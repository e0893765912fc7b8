import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { sudoCaller } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import { LineSplitter, LONGEST_LINE, printable, Tail } from './lines.ts'
import type { ProcessOptions } from './options.ts'

/** Milliseconds that a program has to end by itself, and again after SIGTERM. */
const GRACE = 2000
/** Most characters of a command in messages. */
const LONGEST_NAME = 120

/**
 * A program that exchanges lines with flowbreak. It leads a process group of its own: Ctrl-C at a terminal does not reach it before
 * flowbreak has ended what it was doing, and processes that it started end with it.
 */
export class Program {
  readonly #options: ProcessOptions
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #errors = new Tail()
  readonly #ended: Promise<void>
  /** Lines that nobody has asked for yet. */
  readonly #lines: string[] = []
  #wake: (() => void) | undefined
  #failure: FlowbreakError | undefined

  constructor(options: ProcessOptions) {
    this.#options = options
    const { command, args, cwd, env, root = false } = options
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...(root ? {} : sudoCaller()),
      windowsHide: true,
    })
    this.#child = child
    const killNow = () => this.#kill('SIGKILL')
    process.once('exit', killNow)
    this.#ended = new Promise((resolve) => {
      child.once('error', (thrown) => {
        this.#fail(
          'ERR_TARGET_START',
          `cannot be started (${messageOf(thrown)}): check its command and folder ${cwd}`,
        )
        process.off('exit', killNow)
        resolve()
      })
      // Processes that it started may keep its pipes open.
      child.once('exit', killNow)
      // Its pipes are empty by then.
      child.once('close', (code, signal) => {
        const how = signal === null ? `with exit code ${code}` : `by ${signal}`
        this.#fail('ERR_TARGET_DIED', `ended ${how} before it was told to`)
        process.off('exit', killNow)
        resolve()
      })
    })
    // A broken pipe is noticed where the answer is awaited.
    child.stdin.on('error', () => {})
    child.stderr.on('data', (piece: Buffer) => this.#errors.push(piece))
    const splitter = new LineSplitter()
    child.stdout.on('data', (piece: Buffer) => {
      const lines = splitter.push(piece)
      if (lines === undefined) {
        child.stdout.removeAllListeners('data').resume()
        this.#fail('ERR_TARGET_ANSWER', `wrote a line of more than ${LONGEST_LINE >> 20} MiB`)
        return
      }
      this.#lines.push(...lines)
      if (lines.length > 0) this.#wake?.()
    })
  }

  /** An error about the program, with its last output on standard error. */
  error(code: `ERR_${string}`, what: string): FlowbreakError {
    const { name, command, args } = this.#options
    const wrote = this.#errors.text
    const tail = wrote === '' ? '' : ` It wrote to standard error: ${wrote}`
    return new FlowbreakError(
      code,
      `Target ${name}: the program ${cut([command, ...args].join(' '))} ${what}.${tail}`,
      { exitCode: ExitCode.broken },
    )
  }

  /**
   * Sends a line, and returns the program's answer; `limit`: milliseconds to wait for it. After an error the program is not used any
   * more: every later call throws the same error. `about`: what the line asks, in words.
   */
  async ask(line: string, about: string, limit: number, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted()
    if (this.#lines.length > 0) this.#fail('ERR_TARGET_ANSWER', 'answered without being asked')
    if (this.#failure !== undefined) throw this.#failure
    this.#child.stdin.write(`${line}\n`)
    await this.#answered(limit, signal)
    signal?.throwIfAborted()
    const answer = this.#lines.shift()
    if (answer !== undefined) return answer
    this.#fail('ERR_TARGET_SILENT', `gave no answer to ${about} for ${Math.round(limit) / 1000} s`)
    throw this.#failure
  }

  /** Gives the program up because of its answer. */
  refuse(what: string, code: `ERR_${string}` = 'ERR_TARGET_ANSWER'): never {
    this.#fail(code, what)
    throw this.#failure
  }

  /** Waits until there is a line, or none can come any more. */
  #answered(limit: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', interrupted)
        this.#wake = undefined
        resolve()
      }
      const interrupted = () => {
        // Its late answer would be taken for that of the next request.
        this.#fail('ERR_TARGET_INTERRUPTED', 'was interrupted while it was asked')
        done()
      }
      const timer = setTimeout(done, limit)
      signal?.addEventListener('abort', interrupted)
      this.#wake = done
    })
  }

  #fail(code: `ERR_${string}`, what: string): void {
    this.#failure ??= this.error(code, what)
    this.#wake?.()
  }

  /** Ends the program, by the end of its input, then by SIGTERM, then by SIGKILL, and all processes that it has started. */
  async stop(): Promise<void> {
    this.#failure ??= this.error('ERR_TARGET_ENDED', 'was ended')
    this.#child.stdin.end()
    if (!(await this.#endsWithin(GRACE))) {
      this.#kill('SIGTERM')
      if (!(await this.#endsWithin(GRACE))) this.#kill('SIGKILL')
      await this.#ended
    }
  }

  async #endsWithin(limit: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, limit, false)
    })
    const ended = await Promise.race([this.#ended.then(() => true), late])
    clearTimeout(timer)
    return ended
  }

  /** Signals the group; there may be no process left in it. */
  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // No process is left.
    }
  }
}

/** A command in the form for messages: it may be a whole script. */
function cut(command: string): string {
  const text = printable(command)
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text
}
