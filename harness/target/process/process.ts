import type { Setup } from '../../model/setup.ts'
import type { Capabilities, Session, Target } from '../../model/target.ts'
import { setupLacks } from '../../plan/capabilities.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import { type Hello, introduce, request } from './hello.ts'
import { setupMessage } from './messages.ts'
import { type ProcessOptions, readOptions } from './options.ts'
import { Program } from './program.ts'
import { ProcessSession } from './session.ts'

/** `kind: process`: starts the program once to ask for its capabilities, and again for each session. Throws ERR_TARGET_*. */
export async function makeProcessTarget(spec: TargetSpec, context: TargetContext): Promise<Target> {
  const options = readOptions(spec, context)
  const program = new Program(options)
  try {
    const hello = await introduce(program, context.version, options.limit, context.signal)
    return new ProcessTarget(options, hello, context)
  } finally {
    await program.stop()
  }
}

/** A program in any language that exchanges lines of JSON with flowbreak (docs/writing-a-target.md). */
class ProcessTarget implements Target {
  readonly name: string
  readonly version: string
  readonly capabilities: Capabilities
  readonly shared?: 'processes'
  readonly #options: ProcessOptions
  readonly #hello: Hello
  readonly #flowbreak: string

  constructor(options: ProcessOptions, hello: Hello, context: TargetContext) {
    this.name = context.name
    this.version = `${hello.name} ${hello.version}`
    this.capabilities = hello.capabilities
    if (options.shared) this.shared = 'processes'
    this.#options = options
    this.#hello = hello
    this.#flowbreak = context.version
  }

  async prepare(setup: Setup, signal: AbortSignal): Promise<Session> {
    const lacking = setupLacks(setup, this.capabilities)
    if (lacking !== undefined)
      throw new FlowbreakError(
        'ERR_TARGET_LACKS',
        `Target ${this.name} has no ${lacking}: its program says so.`,
        { exitCode: ExitCode.broken },
      )
    const { limit } = this.#options
    const program = new Program(this.#options)
    try {
      const hello = await introduce(program, this.#flowbreak, limit, signal)
      if (JSON.stringify(hello) !== JSON.stringify(this.#hello))
        program.refuse('introduced itself otherwise than when it was first started')
      await request(program, { type: 'prepare', setup: setupMessage(setup) }, limit, signal)
      return new ProcessSession(program, hello, setup.topology.hosts, limit)
    } catch (thrown) {
      await program.stop()
      throw thrown
    }
  }
}
