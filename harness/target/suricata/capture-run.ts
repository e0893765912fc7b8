import { createReadStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ClassicWriter } from '../../capture/writer.ts'
import type { Nanos } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { makeScratch, removeScratch } from '../../support/scratch.ts'
import { type ConfigurationExtras, configurationOf, FILES } from './configuration.ts'
import { EveReader } from './eve.ts'
import { type Ended, quoted, runProcess } from './process.ts'
import type { SuricataSettings } from './settings.ts'

export interface CaptureRunOptions {
  readonly binary: string
  readonly settings: SuricataSettings
  /** In order; `own`: how many of them at the beginning are the harness's. */
  readonly rules: readonly string[]
  readonly own?: number
  readonly extras?: ConfigurationExtras
  /** Seconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/**
 * One process of Suricata that reads one capture, inline as far as its decisions go (`--simulate-ips`), with the packets' times for its
 * clock. The capture is written as its packets come; everything stands in a folder that disposing of it removes.
 */
export class CaptureRun implements Disposable {
  count = 0
  readonly #folder: string
  readonly #writer: ClassicWriter

  /** `epoch`: the zero of times, in nanoseconds since 1970. */
  constructor(epoch: bigint) {
    this.#folder = makeScratch('suricata')
    try {
      this.#writer = new ClassicWriter(this.#path('capture'), Link.ethernet, epoch)
    } catch (thrown) {
      this.#remove()
      throw thrown
    }
  }

  /** Appends an Ethernet frame, in the order in which Suricata is to see them; answers its index. */
  add(time: Nanos, frame: Uint8Array, original = frame.length): number {
    this.#writer.write(time, frame, 0, frame.length, original)
    return this.count++
  }

  /**
   * Plays them all, once. Throws ERR_SURICATA_RULE where it refuses a rule, ERR_SURICATA_FAILED where it dies, ERR_SURICATA_TIMEOUT,
   * and ERR_SURICATA_COUNTERS where what it counts is not what it logs or was given.
   */
  async decide(options: CaptureRunOptions): Promise<EveReader> {
    this.#writer.close()
    writeFileSync(this.#path('configuration'), configurationOf(options.settings, this.count, options.extras))
    writeFileSync(this.#path('rules'), options.rules.map((rule) => `${rule}\n`).join(''))
    const ended = await runProcess({
      command: options.binary,
      args: this.#arguments(),
      cwd: this.#folder,
      timeout: options.timeout,
      signal: options.signal,
    })
    if (ended.code !== 0) throw failure(ended, options)
    return this.#read(ended, options.settings.tunnels)
  }

  /** Where its EVE log stands, once it has decided. */
  get eve(): string {
    return this.#path('eve')
  }

  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]()
    this.#remove()
  }

  #arguments(): string[] {
    const { configuration, capture, rules } = FILES
    return [
      ...['-c', configuration, '-r', capture, '-S', rules, '-l', '.', '-k', 'none', '--runmode', 'single'],
      ...['--simulate-ips', '--init-errors-fatal', '--set', `pid-file=${this.#path('pid')}`],
    ]
  }

  async #read(ended: Ended, tunnels: boolean): Promise<EveReader> {
    const reader = new EveReader(this.count, tunnels)
    try {
      for await (const line of createInterface({ input: createReadStream(this.eve) })) reader.take(line)
    } catch (thrown) {
      throw broken(
        'ERR_SURICATA_FAILED',
        `Suricata left no EVE log that can be read.${quoted(ended.said)}`,
        thrown,
      )
    }
    check(reader, this.count)
    return reader
  }

  #path(file: keyof typeof FILES): string {
    return join(this.#folder, FILES[file])
  }

  #remove(): void {
    removeScratch(this.#folder)
  }
}

/** What it says of itself must be one story: a packet that it did not read, or did not log, has no verdict. */
function check({ totals, stopped }: EveReader, count: number): void {
  if (totals === undefined)
    throw broken(
      'ERR_SURICATA_FAILED',
      'Suricata ended without having told its counters: its verdicts may not be all.',
    )
  if (totals.packets !== count)
    throw broken(
      'ERR_SURICATA_COUNTERS',
      `Suricata was given ${count} packets and counted ${totals.packets}: its verdicts cannot be told apart.`,
    )
  const counted = totals.blocked + totals.rejected
  if (counted !== stopped)
    throw broken(
      'ERR_SURICATA_COUNTERS',
      `Suricata logged ${stopped} packets that it did not pass and counted ${counted}: its verdicts cannot be relied on.`,
    )
}

const REFUSED = /error parsing signature "(.*)" from file .* at line (\d+)/

/** The error of a run that did not end well: a rule that it refuses in its own sentence, or its last lines. */
export function failure(
  { code, killedBy, said }: Ended,
  { own = 0 }: Pick<CaptureRunOptions, 'own'>,
): FlowbreakError {
  const refused = REFUSED.exec(said)
  if (refused !== null) {
    const [, rule, line] = refused
    const why =
      said
        .slice(0, refused.index)
        .match(/^E: (?!detect:).*$/gm)
        ?.at(-1)
        ?.replace('E: ', ' (') ?? ''
    return broken(
      'ERR_SURICATA_RULE',
      `Suricata refuses rule ${Number(line) - own}, ${rule}${why === '' ? '' : `${why})`}: change it, or leave it to targets that read it.`,
    )
  }
  const end = killedBy === null ? `ended with code ${code}` : `was killed by ${killedBy}`
  return broken('ERR_SURICATA_FAILED', `Suricata ${end}.${quoted(said)}`)
}

function broken(code: `ERR_${string}`, message: string, cause?: unknown): FlowbreakError {
  return new FlowbreakError(code, message, { exitCode: ExitCode.broken, cause })
}
