import { dirname } from 'node:path'
import { type Logger, pino } from 'pino'
import type { RunEvent } from '../../model/run-log.ts'
import { NEEDS_A_LOOK } from '../../report/outcomes.ts'
import { makeFolder } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import type { Doing, LogLevel, Watch } from './watch.ts'

export interface JournalOptions {
  /** Absent: standard error. */
  readonly file: string | undefined
  readonly level: LogLevel
  /** Removes secrets. */
  readonly hide: <T>(value: T) => T
  /** Called once when nothing more can be written. */
  readonly warn: (sentence: string) => void
}

/**
 * What the harness does, one line of JSON each, for finding out why a run took long or went wrong. It does not contain results:
 * those are in the run log.
 */
export class Journal implements Watch {
  readonly #hide: JournalOptions['hide']
  #logger: Logger
  /** Timelines played since the last result. */
  #replays = 0

  /** The file's folder is made. Throws ERR_LOG_FILE, exit code 3, if the file cannot be opened. */
  constructor({ file, level, hide, warn }: JournalOptions) {
    this.#hide = hide
    try {
      // Synchronous, so that what a process did before it was killed is in the file.
      if (file !== undefined) makeFolder(dirname(file))
      const destination = pino.destination({ dest: file ?? 2, sync: true, append: true })
      let isWell = true
      destination.on('error', (thrown: Error) => {
        if (isWell) warn(`The log ${file ?? 'on standard error'} takes no more (${messageOf(thrown)}).`)
        isWell = false
        this.#logger.level = 'silent'
      })
      this.#logger = pino(
        {
          level,
          base: null,
          timestamp: pino.stdTimeFunctions.isoTime,
          formatters: { level: (label) => ({ level: label }) },
        },
        destination,
      )
    } catch (thrown) {
      throw new FlowbreakError(
        'ERR_LOG_FILE',
        `The log ${file} cannot be written (${messageOf(thrown)}): give --log another file.`,
        { exitCode: ExitCode.broken, cause: thrown },
      )
    }
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'run-started': {
        const { run, seed, planned, command, shard } = event
        this.#logger = this.#logger.child({ run })
        this.#say('info', { seed, planned, command, shard }, 'run started')
        break
      }
      case 'target-ready': {
        const { target, setup, version, calibration, detail } = event
        const level = calibration === 'passed' ? 'info' : 'error'
        this.#say(level, { target, setup, version, detail }, `calibration ${calibration}`)
        break
      }
      case 'target-failed': {
        const { target, code, message } = event
        this.#say('error', { target, code, problem: message }, 'target failed')
        break
      }
      case 'warning': {
        const { code, message, where } = event
        this.#say('warn', { code, problem: message, where }, 'warning')
        break
      }
      case 'case-skipped':
        this.#say(
          'debug',
          { target: event.target, case: event.case.name, lacks: event.lacks },
          'case skipped',
        )
        break
      case 'case-finished':
        this.#finished(event)
        break
      case 'run-finished': {
        const { reason, exitCode, totals } = event
        this.#say('info', { reason, exitCode, totals }, 'run finished')
        break
      }
    }
  }

  told(doing: Doing): void {
    const { kind, ...what } = doing
    switch (doing.kind) {
      case 'target-started':
      case 'target-stopped':
        this.#say('info', what, words(kind))
        break
      case 'target-refused':
        this.#say('error', what, words(kind))
        break
      case 'worker-lost':
        this.#say('warn', what, words(kind))
        break
      case 'workers':
      case 'lots':
        this.#say('debug', what, words(kind))
        break
      case 'replayed': {
        this.#replays++
        const { target, packets, took, problem } = doing
        const level = problem === undefined ? 'debug' : 'warn'
        this.#say(level, { target, packets, took, problem }, 'replayed')
        break
      }
    }
  }

  #finished({
    target,
    case: test,
    outcome,
    attempt,
    durationMs,
    detail,
    outages = [],
  }: RunEvent & { type: 'case-finished' }): void {
    const of = { target, case: test.name }
    for (const { event, host, lasted, over } of outages)
      this.#say('info', { ...of, event, host, lasted: lasted / 1e6, over }, 'outage')
    const level = NEEDS_A_LOOK.has(outcome) ? 'warn' : attempt > 1 ? 'info' : 'debug'
    const what = {
      ...of,
      outcome,
      attempts: attempt,
      took: durationMs / 1000,
      replays: this.#replays,
      detail,
    }
    this.#say(level, what, 'case finished')
    this.#replays = 0
  }

  #say(level: LogLevel, what: object, message: string): void {
    this.#logger[level](this.#hide(what), message)
  }
}

function words(kind: Doing['kind']): string {
  return kind.replaceAll('-', ' ')
}
