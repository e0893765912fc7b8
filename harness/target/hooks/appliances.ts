import type { Nanos } from '../../model/batch.ts'
import type { HostEvent } from '../../model/timeline.ts'
import type { HostActions } from '../../observe/live/actions.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { Hooks, HookValues } from './hooks.ts'

/** How the load balancer learns which appliances are healthy. */
export interface Health {
  isHealthy(host: number): boolean
  /** Waits until these are healthy. */
  wait(hosts: readonly number[], signal?: AbortSignal): Promise<void>
}

/** The appliances behind the load balancer: an event of a host runs a hook, or only sends its packets elsewhere. */
export class Appliances implements HostActions {
  readonly #names: readonly string[]
  readonly #values: readonly HookValues[]
  readonly #hooks: Hooks
  readonly #health: Health | undefined
  /** Hosts that a hook has taken down. */
  readonly #down = new Set<number>()
  #last = -1

  /** `values`: by host, what hooks are told besides its name, its index and the event. */
  constructor(names: readonly string[], values: readonly HookValues[], hooks: Hooks, health?: Health) {
    this.#names = names
    this.#values = values
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

  /** Restores crashed hosts, waits until all are healthy, and empties their tables. */
  async reset(): Promise<void> {
    for (const host of [...this.#down]) await this.#restore(host)
    await this.#health?.wait(this.#names.map((_, host) => host))
    await this.#hooks.run('clear', {})
  }

  async collect(signal: AbortSignal): Promise<string> {
    return this.#hooks.run('collect', {}, signal)
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    return this.#names.map(() => ({}))
  }

  /** Restores a host; returns whether it had crashed. */
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

  async #run(
    hook: 'swap' | 'restore',
    host: number,
    event: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const about = { host: this.#names[host] ?? '', index: String(host), event }
    await this.#hooks.run(hook, { ...this.#values[host], ...about }, signal)
  }
}
