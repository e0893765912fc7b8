import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { MAIN } from './command.ts'

const COLUMNS = 80
const LINES = 60
/** For a machine that is busy with other tests. */
const PATIENCE = 60_000

/** Whether there is the program that gives a pseudo-terminal. */
export function hasTerminal(): boolean {
  return spawnSync('script', ['--version']).status === 0
}

/** The built command in a pseudo-terminal of 80 columns, which `script` of util-linux gives it. */
export class Terminal implements Disposable {
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>
  #text = ''
  #seen = 0
  #wake = () => {}

  constructor(args: readonly string[], cwd: string) {
    const quoted = [process.execPath, MAIN, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    const command = `stty cols ${COLUMNS} rows ${LINES}; exec ${quoted.join(' ')}`
    // -e: its exit code is that of the command.
    this.#child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '', CI: '' },
    })
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#text += data.toString()
      this.#wake()
    })
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        resolve(code)
        this.#wake()
      })
    })
  }

  /** All that was written, without what steers a terminal. */
  get text(): string {
    return stripVTControlCharacters(this.#text).replaceAll('\r', '')
  }

  /** Waits for a text after those that were waited for before. */
  async see(text: string): Promise<void> {
    const until = Date.now() + PATIENCE
    for (;;) {
      const at = this.text.indexOf(text, this.#seen)
      if (at >= 0) {
        this.#seen = at + text.length
        return
      }
      const left = until - Date.now()
      if (left <= 0 || this.#child.exitCode !== null)
        throw new Error(`The terminal never showed "${text}" after:\n${this.text.slice(this.#seen)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 1000))
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Keys as a terminal sends them. */
  press(...keys: readonly (keyof typeof KEYS | { readonly text: string })[]): void {
    for (const key of keys) this.#child.stdin?.write(typeof key === 'string' ? KEYS[key] : key.text)
  }

  [Symbol.dispose](): void {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL')
  }
}

const KEYS = { enter: '\r', down: '\u001b[B', up: '\u001b[A', space: ' ', interrupt: '\u0003' } as const
