import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FlowbreakError } from '../../support/errors.ts'
import { failure } from '../suricata/capture-run.ts'
import { FILES } from '../suricata/configuration.ts'
import { keepLast, killGroup } from '../suricata/process.ts'
import { LINK } from './namespace.ts'

export interface LiveProcessOptions {
  readonly binary: string
  readonly namespace: string
  /** A folder of its own, for its files. */
  readonly folder: string
  readonly configuration: string
  readonly rules: readonly string[]
  /** How many rules, at the beginning, are the harness's. */
  readonly own: number
  /** Called if it ended without having been told to. */
  readonly died: (error: FlowbreakError) => void
}

const CHUNK = 1 << 16

/** A Suricata between the two interfaces of a namespace; once it has ended, nothing is forwarded. */
export class LiveProcess implements AsyncDisposable {
  readonly #folder: string
  readonly #child: ChildProcess
  #ending = false
  #eve: FileHandle | undefined
  #rest = ''

  private constructor(folder: string, child: ChildProcess) {
    this.#folder = folder
    this.#child = child
  }

  static async start(options: LiveProcessOptions): Promise<LiveProcess> {
    const { folder, binary, namespace, configuration, rules, own, died } = options
    await writeFile(join(folder, FILES.configuration), configuration)
    await writeFile(join(folder, FILES.rules), rules.map((rule) => `${rule}\n`).join(''))
    await rm(join(folder, FILES.eve), { force: true })
    const args = [
      ...['-c', FILES.configuration, '-S', FILES.rules, '-l', '.', '-k', 'none'],
      // Resets and ICMP errors leave as frames, with the hardware addresses of the packet that they are about exchanged.
      ...['--af-packet', '--runmode', 'workers', '--init-errors-fatal', '--reject-dev', LINK.own],
    ]
    // In a process group of its own: an interrupt from the keyboard is for flowbreak to handle, and a wrapper dies with what it wraps.
    const child = spawn('ip', ['netns', 'exec', namespace, binary, ...args], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = keepLast(child)
    const made = new LiveProcess(folder, child)
    const ended = (code: number | null, killedBy: NodeJS.Signals | null, what = said()) => {
      if (!made.#ending) died(failure({ code, killedBy, said: what }, { own }))
    }
    child.on('error', (error) => ended(null, null, error.message))
    child.on('close', (code, killedBy) => ended(code, killedBy))
    return made
  }

  /** Reads what it has written to its log since the last call, line by line. */
  async log(take: (line: string) => void): Promise<void> {
    this.#eve ??= await open(join(this.#folder, FILES.eve)).catch(() => undefined)
    const chunk = Buffer.allocUnsafe(CHUNK)
    for (;;) {
      const { bytesRead = 0 } = (await this.#eve?.read(chunk, 0, CHUNK)) ?? {}
      if (bytesRead === 0) return
      const lines = (this.#rest + chunk.toString('latin1', 0, bytesRead)).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') take(line)
    }
  }

  /** Kills it, as a crash does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true
    await this.#eve?.close()
    this.#eve = undefined
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined)
      return
    const exit = once(this.#child, 'exit')
    killGroup(this.#child)
    await exit
  }
}
