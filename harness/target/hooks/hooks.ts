import { spawn } from 'node:child_process'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { HookName, HookOptions } from './hook-options.ts'

/** Characters of a hook's output that are kept, from its end. */
const KEPT = 4000
const KEPT_COLLECTED = 1 << 24

/** The replacements of {name} in a hook's arguments. */
export type HookValues = Readonly<Record<string, string>>

/** Runs the commands that do to appliances what the load balancer cannot, without a shell. */
export class Hooks {
  readonly #options: HookOptions
  /** The end of the output of each hook that was run. */
  readonly outputs: { readonly hook: HookName; readonly output: string }[] = []

  constructor(options: HookOptions) {
    this.#options = options
  }

  has(name: HookName): boolean {
    return this.#options[name] !== undefined
  }

  /** Runs a hook, if there is one; returns its output. Throws ERR_HOOK if it fails, or takes longer than its limit. */
  async run(name: HookName, values: HookValues, signal?: AbortSignal): Promise<string> {
    const command = this.#options[name]
    if (command === undefined) return ''
    signal?.throwIfAborted()
    const [program = '', ...args] = command.map((word) => filled(word, values))
    const { end, output } = await this.#finished(
      program,
      args,
      name === 'collect' ? KEPT_COLLECTED : KEPT,
      signal,
    )
    this.outputs.push({ hook: name, output: output.slice(-KEPT) })
    signal?.throwIfAborted()
    if (end === '') return output
    const said = output.trim().split('\n').at(-1) ?? ''
    throw new FlowbreakError(
      'ERR_HOOK',
      `The hook ${name} (${command.join(' ')}) ${end}${said === '' ? '' : `: ${said}`}: see what it does, and set hooks.limit if it needs longer.`,
      { exitCode: ExitCode.broken },
    )
  }

  #finished(
    program: string,
    args: readonly string[],
    kept: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly end: string; readonly output: string }> {
    const limit = this.#options.limit
    return new Promise((resolve) => {
      let output = ''
      let late = false
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      const kill = () => child.kill('SIGKILL')
      const timer = setTimeout(() => {
        late = true
        kill()
      }, limit * 1000)
      signal?.addEventListener('abort', kill)
      const finish = (end: string) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', kill)
        // A process that it left behind may keep its output open.
        child.stdout.destroy()
        child.stderr.destroy()
        resolve({ end: late ? `took longer than ${limit} s` : end, output })
      }
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output = (output + text).slice(-kept)
        })
      child.on('error', ({ message }) => finish(`cannot be run (${message})`))
      child.on('exit', (code, by) =>
        // Its last output may still be on its way.
        setImmediate(() =>
          finish(code === 0 ? '' : code === null ? `was ended by ${by}` : `ended with ${code}`),
        ),
      )
    })
  }
}

function filled(word: string, values: HookValues): string {
  return word.replace(/\{([a-z]+)\}/g, (all, name: string) => values[name] ?? all)
}
