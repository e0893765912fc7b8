import { type ClientRequest, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { HealthOptions } from './health-options.ts'
import type { Address } from './options.ts'

interface Checked {
  healthy: boolean
  /** Consecutive results that contradict its state. */
  against: number
  /** Why the last check failed. */
  problem: string
}

/** Checks appliances like the load balancer: a number of consecutive results changes the state of a host. */
export class HealthChecks {
  readonly #hosts: readonly Address[]
  readonly #options: HealthOptions
  readonly #checked: readonly Checked[]
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #open = new Set<{ destroy(): void }>()
  #closed = false
  #wake: (() => void)[] = []

  constructor(hosts: readonly Address[], options: HealthOptions) {
    this.#hosts = hosts
    this.#options = options
    this.#checked = hosts.map(() => ({ healthy: false, against: 0, problem: 'no answer yet' }))
    for (let host = 0; host < hosts.length; host++) void this.#watch(host)
  }

  isHealthy(host: number): boolean {
    return this.#checked[host]?.healthy === true
  }

  /** Waits until these hosts are healthy. Throws ERR_APPLIANCE_UNHEALTHY about the first that is not within the limit. */
  async wait(hosts: readonly number[], signal?: AbortSignal): Promise<void> {
    const { wait, kind, ports } = this.#options
    const end = performance.now() + wait * 1000
    for (;;) {
      signal?.throwIfAborted()
      const sick = hosts.find((host) => !this.isHealthy(host))
      if (sick === undefined) return
      const left = end - performance.now()
      if (left <= 0) {
        const { address = '', port = 0 } = this.#hosts[sick] ?? {}
        throw new FlowbreakError(
          'ERR_APPLIANCE_UNHEALTHY',
          `The appliance ${address}:${port} did not become healthy within ${wait} s (${kind} ${address}:${ports[sick]}: ${this.#checked[sick]?.problem}): start it, or set health to where it answers.`,
          { exitCode: ExitCode.broken },
        )
      }
      await this.#change(left, signal)
    }
  }

  /** Ends the checks. */
  close(): void {
    this.#closed = true
    for (const each of this.#open) each.destroy()
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #change(most: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, most)
      function done() {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      signal?.addEventListener('abort', done)
      this.#wake.push(done)
    })
  }

  async #watch(host: number): Promise<void> {
    while (!this.#closed) {
      const problem = await this.#check(host)
      if (this.#closed) return
      this.#note(host, problem)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          this.#timers.delete(timer)
          resolve()
        }, this.#options.interval * 1000)
        this.#timers.add(timer)
      })
    }
  }

  #note(host: number, problem: string | undefined): void {
    const checked = this.#checked[host]
    if (checked === undefined) return
    if (problem !== undefined) checked.problem = problem
    if ((problem === undefined) === checked.healthy) {
      checked.against = 0
      return
    }
    const { healthy, unhealthy } = this.#options
    if (++checked.against < (checked.healthy ? unhealthy : healthy)) return
    checked.healthy = !checked.healthy
    checked.against = 0
    const woken = this.#wake
    this.#wake = []
    for (const wake of woken) wake()
  }

  /** The problem; undefined: none. */
  #check(host: number): Promise<string | undefined> {
    const { kind, path, timeout, ports } = this.#options
    const { address = '' } = this.#hosts[host] ?? {}
    const port = ports[host] ?? 0
    const milliseconds = timeout * 1000
    return new Promise((resolve) => {
      const late = () => resolve(`no answer within ${timeout} s`)
      const keep = <T extends Socket | ClientRequest>(what: T): T => {
        this.#open.add(what)
        what.on('close', () => this.#open.delete(what))
        return what
      }
      if (kind === 'tcp') {
        const socket = keep(connect({ host: address, port }))
        socket.setTimeout(milliseconds, () => {
          late()
          socket.destroy()
        })
        socket.on('connect', () => {
          resolve(undefined)
          socket.destroy()
        })
        socket.on('error', ({ message }) => resolve(message))
        return
      }
      const options = {
        host: address,
        port,
        path,
        timeout: milliseconds,
        agent: false,
      }
      const request = get(options, (response) => {
        const { statusCode = 0 } = response
        response.resume()
        // The default matcher of a target group.
        resolve(statusCode >= 200 && statusCode < 400 ? undefined : `status ${statusCode}`)
      })
      keep(request)
      request.on('timeout', () => {
        late()
        request.destroy()
      })
      request.on('error', ({ message }) => resolve(message))
    })
  }
}
