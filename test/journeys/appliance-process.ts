import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startAppliance } from './command.ts'

/** `flowbreak appliance` as a process, on ports that were free. */
export class ApplianceProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  port = 0
  health = 0

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child
    this.#lines = lines
  }

  static async start(
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<ApplianceProcess> {
    const child = startAppliance(['--listen', '0', '--health', '0', '--json', ...args], environment)
    const appliance = new ApplianceProcess(
      child,
      createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    )
    const { listening = '', health = '' } = await appliance.hear()
    appliance.port = portOf(listening)
    appliance.health = portOf(health)
    return appliance
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The next object that it prints. */
  async hear(): Promise<Record<string, string>> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('The appliance has ended instead of speaking.')
    return JSON.parse(value)
  }

  /** Sends a signal and waits for its end; answers its exit code, null where the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, 'exit')
      this.#child.kill(signal)
      await exit
    }
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}

function portOf(place: string): number {
  return Number(/:(\d+)$/.exec(place)?.[1] ?? 0)
}
