import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'

/** Milliseconds that a script may take. */
const PATIENCE = 60_000

interface Waiting {
  readonly script: string
  readonly resolve: (output: string) => void
  readonly reject: (error: Error) => void
}

/** A shell that stays in a network namespace, so that frequent commands there cost no new process. Scripts run one after another. */
export class NamespaceShell implements AsyncDisposable {
  readonly namespace: string
  readonly #child: ChildProcess
  readonly #waiting: Waiting[] = []
  #output = ''

  constructor(namespace: string) {
    this.namespace = namespace
    const child = spawn('ip', ['netns', 'exec', namespace, 'sh'], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#child = child
    child.stdin.on('error', () => undefined)
    child.on('error', () => this.#ended())
    child.on('exit', () => this.#ended())
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
      this.#read()
    })
  }

  /** Runs a script; returns its output. Throws ERR_LAB with the output if a command in it fails. */
  async run(script: string): Promise<string> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw this.#failed(script, 'its shell ended')
    const done = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ script, resolve, reject })
    })
    // Output of commands cannot end with this line, because it has no zero bytes.
    this.#child.stdin?.write(`( set -e\n${script}\n) 2>&1 </dev/null; printf '\\0%s\\n' $?\n`)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE)
    try {
      return await done
    } finally {
      clearTimeout(timer)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined)
      return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  #read(): void {
    for (;;) {
      const end = /\0(\d+)\n/.exec(this.#output)
      if (end === null) return
      const output = this.#output.slice(0, end.index)
      this.#output = this.#output.slice(end.index + end[0].length)
      const first = this.#waiting.shift()
      if (end[1] === '0') first?.resolve(output)
      else first?.reject(this.#failed(first.script, output))
    }
  }

  #ended(): void {
    for (const { script, reject } of this.#waiting.splice(0)) reject(this.#failed(script, 'its shell ended'))
  }

  #failed(script: string, said: string): FlowbreakError {
    const what = script.trim().split('\n')[0] ?? ''
    const why = said.trim().split('\n').slice(0, 3).join('; ')
    return new FlowbreakError('ERR_LAB', `In the namespace ${this.namespace}, \`${what}\` failed: ${why}.`, {
      exitCode: ExitCode.broken,
    })
  }
}
