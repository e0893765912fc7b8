import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RunEvent } from '../model/run-log.ts'
import { makeFolder, openToWrite } from '../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'
import { headProblemOf } from './head.ts'
import type { LinePlace } from './kept.ts'
import { LineBytes } from './line-bytes.ts'
import { LogLock } from './lock.ts'
import { Sealer } from './seal.ts'
import { wholeLength } from './whole-length.ts'

/** Bytes that are collected within one turn of the event loop before they are written to the file. */
const BUFFER = 1 << 18
/** Bytes after which the disk is asked to take what was written, while the run goes on: `close` then has little to wait for. */
const AHEAD = 32 << 20

/** A line of a log as it is written, without its newline: text, or text in UTF-8. */
export type LogLine = string | Uint8Array

/**
 * Appends a run's events to its log, one JSON object for each line. Events reach the file at the end of the turn of the
 * event loop, so a process that is killed loses no result that was settled before; `close` also syncs it to the disk.
 * An existing log is continued, without a truncated last line; any other file is refused. Throws ERR_LOG_WRITE, exit code 3,
 * from the first call after a failure; what was written stays, up to its last complete line.
 */
export class RunLogWriter {
  readonly file: string
  readonly #fd: number
  /** What is still to be written. */
  readonly #lines = new LineBytes(2 * BUFFER)
  /** How many of these bytes the sealer has. */
  #sealed = 0
  #written = 0
  /** How many of these bytes the disk has not been asked to take. */
  #unsynced = 0
  #syncing: Promise<void> | undefined
  #scheduled = false
  #closed = false
  #failure: FlowbreakError | undefined
  /** Absent for a device, which cannot be resumed and has no place for a file beside it. */
  readonly #lock: LogLock | undefined
  readonly #sealer = new Sealer()
  readonly #onExit = (): void => this.#flush()

  constructor(file: string) {
    this.file = file
    try {
      makeFolder(dirname(file))
      // The log shows who talked to whom, so only its owner may read it.
      this.#fd = openToWrite(file, 'a+', 0o600)
    } catch (thrown) {
      const message = `The run log ${file} cannot be written (${messageOf(thrown)}): give another directory with --output.`
      throw new FlowbreakError('ERR_LOG_WRITE', message, { exitCode: ExitCode.broken, cause: thrown })
    }
    const problem = headProblemOf(this.#fd)
    if (problem !== undefined) {
      closeSync(this.#fd)
      throw new FlowbreakError('ERR_LOG_WRITE', `${file} already exists and ${problem}.`)
    }
    this.#lock = this.#locked()
    this.#keepWhole()
    this.#takeWhatIsThere()
    // The process may exit in the middle of a turn, from a signal handler or because of an uncaught error.
    process.once('exit', this.#onExit)
  }

  /** Bytes that are in the file. */
  get written(): number {
    return this.#written
  }

  /** Appends one event, or its `line` as it is; returns the position of its line. Throws errors of earlier writes. */
  append(event: RunEvent, line?: LogLine): LinePlace {
    if (this.#failure !== undefined) throw this.#failure
    const lines = this.#lines
    const from = lines.length
    if (event.type === 'run-finished')
      lines.text(this.#seal(line === undefined ? JSON.stringify(event) : textOf(line)))
    else if (line === undefined) lines.event(event)
    else if (typeof line === 'string') lines.text(line)
    else lines.bytes(line)
    const place = { at: this.#written + from, length: lines.length - from }
    lines.newline()
    if (lines.length >= BUFFER) this.#flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => this.#flush())
    }
    return place
  }

  /** Writes everything and syncs it to the disk; a second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#flush()
    this.#closed = true
    process.off('exit', this.#onExit)
    await this.#syncing
    if (this.#failure === undefined) this.#try(() => fsyncSync(this.#fd))
    closeSync(this.#fd)
    this.#lock?.release()
    if (this.#failure !== undefined) throw this.#failure
  }

  #locked(): LogLock | undefined {
    try {
      return fstatSync(this.#fd).isFile() ? new LogLock(this.file) : undefined
    } catch (thrown) {
      closeSync(this.#fd)
      throw thrown
    }
  }

  /** Adds the existing content of a log that is continued to its seal. */
  #takeWhatIsThere(): void {
    const window = Buffer.alloc(BUFFER)
    for (let at = 0; at < this.#written; ) {
      const read = readSync(this.#fd, window, 0, Math.min(BUFFER, this.#written - at), at)
      if (read === 0) break
      this.#sealer.take(window.subarray(0, read))
      at += read
    }
  }

  #seal(line: string): string {
    this.#takeForSeal()
    return this.#sealer.sealed(line)
  }

  #takeForSeal(): void {
    this.#sealer.take(this.#lines.view(this.#sealed))
    this.#sealed = this.#lines.length
  }

  #flush(): void {
    this.#scheduled = false
    if (this.#closed || this.#failure !== undefined || this.#lines.length === 0) return
    this.#takeForSeal()
    const bytes = this.#lines.view()
    this.#lines.clear()
    this.#sealed = 0
    this.#try(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at)
      this.#written += bytes.length
      this.#unsynced += bytes.length
    })
    if (this.#unsynced >= AHEAD && this.#syncing === undefined && this.#lock !== undefined) this.#syncAhead()
  }

  #syncAhead(): void {
    this.#unsynced = 0
    this.#syncing = new Promise((done) => {
      fdatasync(this.#fd, (problem) => {
        this.#syncing = undefined
        if (problem !== null) this.#failure ??= this.#failed(problem)
        done()
      })
    })
  }

  #try(write: () => void): void {
    try {
      write()
    } catch (thrown) {
      this.#failure = this.#failed(thrown)
    }
  }

  #failed(thrown: unknown): FlowbreakError {
    const full = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC'
    this.#keepWhole()
    const kept = `what was written until then (${this.#written} bytes) is kept`
    const message = full
      ? `The disk is full: the run log ${this.file} takes no more, ${kept}; make room and resume the run.`
      : `The run log ${this.file} cannot be written (${messageOf(thrown)}); ${kept}.`
    return new FlowbreakError('ERR_LOG_WRITE', message, { exitCode: ExitCode.broken, cause: thrown })
  }

  /** Cuts off an incomplete last line, if the file allows it. */
  #keepWhole(): void {
    try {
      this.#written = wholeLength(this.#fd)
      if (this.#written < fstatSync(this.#fd).size) ftruncateSync(this.#fd, this.#written)
    } catch {
      // A device, or a disk that is gone: readers tolerate a truncated last line.
    }
  }
}

function textOf(line: LogLine): string {
  return typeof line === 'string' ? line : Buffer.from(line).toString()
}
