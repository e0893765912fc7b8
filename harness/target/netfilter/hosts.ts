import type { Nanos } from '../../model/batch.ts'
import type { HostEvent } from '../../model/timeline.ts'
import type { HostActions } from '../../observe/live/actions.ts'
import { settingsScript, withInput } from '../lab/commands.ts'
import type { Lab } from '../lab/lab.ts'
import { scaledTimeout } from '../lab/scale.ts'
import type { Conntrackd } from './conntrackd.ts'
import type { KernelSettings } from './kernel-settings.ts'
import { DOWN } from './ruleset.ts'

const FLUSH = 'conntrack -F 2>/dev/null\n'
const ESTABLISHED = 'net/netfilter/nf_conntrack_tcp_timeout_established'

/** A script that gives a host its rules and settings. */
export function configuring(ruleset: string, settings: KernelSettings): string {
  // The kernel tracks connections, and has the settings for that, only once a rule needs it.
  return withInput('nft -f -', ruleset) + settingsScript(settings)
}

/** The hosts of a lab; each is the tables of a kernel in a namespace. */
export class NetfilterHosts implements HostActions {
  readonly #lab: Lab
  readonly #settings: KernelSettings
  readonly #scale: number
  readonly #sync: Conntrackd | undefined
  readonly #down = new Set<number>()
  #changed = false
  #last = -1

  constructor(lab: Lab, settings: KernelSettings, scale: number, sync?: Conntrackd) {
    this.#lab = lab
    this.#settings = settings
    this.#scale = scale
    this.#sync = sync
  }

  async apply(event: HostEvent, _at: Nanos): Promise<boolean> {
    // With a scaled clock, what is told at once must not come too late.
    await this.#sync?.inStep()
    switch (event.kind) {
      case 'crash':
        await this.#crash(event.host)
        return true
      case 'drain':
      case 'unhealthy':
        this.#last = event.host
        await this.#sync?.takeOver(1 - event.host)
        return false
      case 'restore':
        await this.#restore(event.host < 0 ? this.#last : event.host)
        return true
      case 'return':
        for (const host of [...this.#down]) await this.#restore(host)
        await this.#sync?.takeOver(0)
        return true
      case 'set-timeout':
        if (event.scope === 'hosts') await this.#setTimeout(event.tcpIdle)
        return false
      default:
        return false
    }
  }

  isUp(host: number): boolean {
    return !this.#down.has(host)
  }

  async reset(): Promise<void> {
    for (const host of [...this.#down]) await this.#restore(host)
    const settings = this.#changed ? settingsScript(this.#settings) : ''
    this.#changed = false
    await this.#lab.each(settings + FLUSH)
    if (this.#sync === undefined) return
    await this.#sync.inStep()
    await this.#sync.forget()
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    return Array.from({ length: this.#lab.hosts }, () => ({}))
  }

  /** Removes its sessions, and makes it take no packets. */
  async #crash(host: number): Promise<void> {
    this.#last = host
    this.#down.add(host)
    await this.#sync?.kill(host)
    await this.#lab.on(host, withInput('nft -f -', DOWN) + FLUSH)
    await this.#sync?.takeOver(1 - host)
  }

  async #restore(host: number): Promise<void> {
    if (!this.#down.delete(host)) return
    await this.#lab.on(host, 'nft delete table inet down')
    await this.#sync?.restart(host)
  }

  async #setTimeout(seconds: number): Promise<void> {
    this.#changed = true
    const value = scaledTimeout(ESTABLISHED, seconds, this.#scale)
    await this.#lab.each(settingsScript({ [ESTABLISHED]: value }))
  }
}
