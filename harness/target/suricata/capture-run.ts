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
  /** In order; `own`: how many of them, at the beginning, are the harness's. */
  readonly rules: readonly string[]
  readonly own?: number
  readonly extras?: ConfigurationExtras
  /** Seconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/**
 * One process of Suricata that reads one capture; its decisions are those of an inline firewall (`--simulate-ips`), and its clock is
 * that of the packets. The capture is written as packets are added; all files are in a folder that is removed on disposal.
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

  /** Appends an Ethernet frame, in the order in which Suricata will see them; returns its index. */
  add(time: Nanos, frame: Uint8Array, original = frame.length): number {
    this.#writer.write(time, frame, 0, frame.length, original)
    return this.count++
  }

  /**
   * Plays all packets, once. Throws ERR_SURICATA_RULE if it refuses a rule, ERR_SURICATA_FAILED if it dies, ERR_SURICATA_TIMEOUT,
   * and ERR_SURICATA_COUNTERS if its counters do not match its log or the capture.
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

  /** The path of its EVE log, once it has decided. */
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

/** Its own reports must agree: a packet that it did not read, or did not log, has no verdict. */
function check({ totals, stopped }: EveReader, count: number): void {
  if (totals === undefined)
    throw broken(
      'ERR_SURICATA_FAILED',
      'Suricata ended without reporting its counters, so some verdicts may be missing: look at its log.',
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

/** The error of a run that did not end well: a sentence of its own about a rule that it refuses, or its last lines. */
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
