import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Nanos, PacketBatch } from '../../model/batch.ts'
import { Verdict } from '../../model/codes.ts'
import type { HostEvent } from '../../model/timeline.ts'
import type { HostActions } from '../../observe/live/actions.ts'
import type { FlowbreakError } from '../../support/errors.ts'
import type { Lab } from '../lab/lab.ts'
import { folderOf } from '../lab/ownership.ts'
import { Drops } from './drops.ts'
import { LiveProcess, type LiveProcessOptions } from './process.ts'

/** What all hosts are started with. */
export type HostsSetup = Pick<LiveProcessOptions, 'binary' | 'configuration' | 'rules' | 'own'>

interface SuricataHost {
  process: LiveProcess | undefined
  readonly drops: Drops
}

/** The hosts of a lab, each a Suricata in a namespace. To empty its tables, it is killed and started again. */
export class SuricataHosts implements HostActions, AsyncDisposable {
  /** Whether anything except controls was sent to a host since the last call. */
  used: (host: number) => boolean = () => true
  /** Called once a host has died. */
  died: (error: FlowbreakError) => void = () => undefined
  readonly #lab: Lab
  readonly #setup: HostsSetup
  readonly #hosts: readonly SuricataHost[]
  readonly #started = new Set<number>()
  #last = -1

  constructor(lab: Lab, setup: HostsSetup) {
    this.#lab = lab
    this.#setup = setup
    this.#hosts = Array.from({ length: lab.hosts }, () => ({ process: undefined, drops: new Drops() }))
  }

  async start(): Promise<void> {
    await Promise.all(this.#hosts.map((_, host) => this.#start(host)))
  }

  async apply(event: HostEvent, _at: Nanos): Promise<boolean> {
    switch (event.kind) {
      case 'crash':
        this.#last = event.host
        await this.#kill(event.host)
        return true
      case 'drain':
      case 'unhealthy':
        this.#last = event.host
        return false
      case 'restore':
        await this.#start(event.host < 0 ? this.#last : event.host)
        return false
      case 'return':
        await this.start()
        return false
      default:
        return false
    }
  }

  isUp(host: number): boolean {
    return this.#hosts[host]?.process !== undefined
  }

  started(): readonly number[] {
    const started = [...this.#started]
    this.#started.clear()
    return started
  }

  async reset(): Promise<void> {
    await Promise.all(
      this.#hosts.map(async (_, host) => {
        if (this.used(host)) await this.#kill(host)
        await this.#start(host)
      }),
    )
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    return this.#hosts.map(() => ({}))
  }

  /** Fills in the reasons of packets that did not come out, from the hosts' logs. */
  async explain(packets: PacketBatch): Promise<void> {
    await Promise.all(this.#hosts.map(({ process, drops }) => process?.log((line) => drops.take(line))))
    const { count, verdict, reason, host } = packets
    for (let i = 0; i < count; i++) {
      const drops = this.#hosts[host[i] ?? this.#hosts.length]?.drops
      const stopped = verdict[i] !== Verdict.forward && verdict[i] !== Verdict.undecided
      if (drops !== undefined && stopped && reason[i] === 0) reason[i] = drops.reasonOf(packets, i)
    }
    for (const { drops } of this.#hosts) drops.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((_, host) => this.#kill(host)))
  }

  async #start(host: number): Promise<void> {
    const entry = this.#hosts[host]
    if (entry === undefined || entry.process !== undefined) return
    const folder = join(folderOf(this.#lab.id), String(host))
    await mkdir(folder, { recursive: true })
    const namespace = this.#lab.host(host)
    const died = (error: FlowbreakError) => this.died(error)
    entry.process = await LiveProcess.start({ ...this.#setup, namespace, folder, died })
    this.#started.add(host)
  }

  async #kill(host: number): Promise<void> {
    const entry = this.#hosts[host]
    if (entry?.process === undefined) return
    // Its last log lines are about packets that have not been reported yet.
    await entry.process.log((line) => entry.drops.take(line))
    await entry.process[Symbol.asyncDispose]()
    entry.process = undefined
    this.#started.delete(host)
  }
}
