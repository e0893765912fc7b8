import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A firewall in a process of its own, which answers a line of JSON with a line of JSON. */
export class HostProcess {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  /** `args`: those of the Node that runs it. */
  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    })
    // That it has ended is noticed where its answer is awaited.
    child.stdin.on('error', () => {})
    this.#child = child
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  async ask<T>(question: object): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`)
    return this.hear<T>()
  }

  /** What it says next. */
  async hear<T>(): Promise<T> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`Process ${this.#child.pid} has ended instead of answering.`)
    return JSON.parse(value)
  }

  /** Kills it; afterwards it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }
}
