import type { Nanos } from '../../model/batch.ts'
import type { HostEvent } from '../../model/timeline.ts'
import type { HostActions } from '../../observe/live/actions.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { HealthChecks } from './health.ts'
import type { Hooks } from './hooks.ts'
import type { Address } from './options.ts'

/** The appliances behind the load balancer: what happens to one is a hook's doing, or nothing but that its packets go elsewhere. */
export class Appliances implements HostActions {
  readonly #names: readonly string[]
  readonly #hosts: readonly Address[]
  readonly #hooks: Hooks
  readonly #health: HealthChecks | undefined
  /** Those that a hook has taken down. */
  readonly #down = new Set<number>()
  #last = -1

  constructor(
    names: readonly string[],
    hosts: readonly Address[],
    hooks: Hooks,
    health: HealthChecks | undefined,
  ) {
    this.#names = names
    this.#hosts = hosts
    this.#hooks = hooks
    this.#health = health
  }

  async apply(event: HostEvent, _at: Nanos, signal: AbortSignal): Promise<boolean> {
    switch (event.kind) {
      case 'crash':
        this.#last = event.host
        if (!this.#hooks.has('swap')) return false
        this.#down.add(event.host)
        await this.#run('swap', event.host, event.kind, signal)
        return true
      case 'drain':
      case 'unhealthy':
        this.#last = event.host
        return false
      case 'restore':
        return this.#restore(event.host < 0 ? this.#last : event.host, signal)
      case 'return': {
        let disturbed = false
        for (const host of [...this.#down]) disturbed = (await this.#restore(host, signal)) || disturbed
        return disturbed
      }
      default:
        return false
    }
  }

  isUp(host: number): boolean {
    return !this.#down.has(host) && this.#health?.isHealthy(host) !== false
  }

  /** Brings back what crashed, waits until all are healthy, and has their tables emptied. */
  async reset(): Promise<void> {
    for (const host of [...this.#down]) await this.#restore(host)
    await this.#health?.wait(this.#names.map((_, host) => host))
    await this.#hooks.run('clear', {})
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    return this.#names.map(() => ({}))
  }

  /** Whether it had crashed. */
  async #restore(host: number, signal?: AbortSignal): Promise<boolean> {
    if (!this.#down.has(host)) return false
    if (!this.#hooks.has('restore'))
      throw new FlowbreakError(
        'ERR_HOOK',
        `The appliance ${this.#names[host]} was taken down by the hook swap, and no hook restore brings it back: add one.`,
        { exitCode: ExitCode.broken },
      )
    await this.#run('restore', host, 'restore', signal)
    this.#down.delete(host)
    await this.#health?.wait([host], signal)
    return true
  }

  #run(
    hook: 'swap' | 'restore',
    host: number,
    event: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { address = '', port = 0 } = this.#hosts[host] ?? {}
    return this.#hooks.run(
      hook,
      { host: this.#names[host] ?? '', index: String(host), address: `${address}:${port}`, event },
      signal,
    )
  }
}
