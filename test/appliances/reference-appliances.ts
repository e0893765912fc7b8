import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Setup } from '../../harness/model/setup.ts'
import type { Capabilities, Session, Target } from '../../harness/model/target.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { startAppliance } from '../journeys/command.ts'

/** Where controls are: not among the addresses of probes, which rules are about. */
const ADDRESSES = { clients: '198.18.128.0/18', servers: '198.19.128.0/18' }

interface Running {
  readonly child: ChildProcess
  readonly port: number
  readonly health: number
}

/**
 * `flowbreak appliance` in one profile behind target geneve: an appliance for each setup, as an administrator would set one up, that
 * is told with each packet what time it is.
 */
export class ReferenceAppliances implements Target, AsyncDisposable {
  readonly name = 'appliance'
  readonly version = ''
  readonly #profile: string
  readonly #template: Target
  readonly #running = new Map<string, Promise<Running>>()
  readonly #folder = mkdtempSync(join(tmpdir(), 'flowbreak-appliances-'))

  private constructor(profile: string, template: Target) {
    this.#profile = profile
    this.#template = template
  }

  static async of(profile: string): Promise<ReferenceAppliances> {
    return new ReferenceAppliances(profile, await behind(profile, 1))
  }

  get capabilities(): Capabilities {
    return this.#template.capabilities
  }

  get unreliable(): Target['unreliable'] {
    return this.#template.unreliable
  }

  async prepare(setup: Setup, signal: AbortSignal): Promise<Session> {
    const running = this.#running.get(setup.key) ?? this.#start(setup)
    this.#running.set(setup.key, running)
    const { port, health } = await running
    const clear = () => fetch(`http://127.0.0.1:${health}/sessions`, { method: 'DELETE' })
    // A connection that was kept may just have been closed.
    await clear().catch(clear)
    return (await behind(this.#profile, port)).prepare(setup, signal)
  }

  async #start({ policy, rules, tunnels }: Setup): Promise<Running> {
    const file = join(this.#folder, `${this.#running.size}.rules`)
    writeFileSync(file, `${rules.join('\n')}\n`)
    const args = [
      '--profile',
      this.#profile,
      '--policy',
      policy.exception,
      '--rules',
      file,
      '--tunnels',
      tunnels,
    ]
    if (policy.tcpIdle !== undefined) args.push('--tcp-idle', `${policy.tcpIdle}s`)
    const places = ['--listen', '127.0.0.1:0', '--health', '127.0.0.1:0', '--clock-scale', 'told']
    const child = startAppliance([...args, ...places, '--json'])
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`The appliance ended with ${code}.`))),
    ])
    const { listening, health } = JSON.parse(String(line))
    return { child, port: portOf(listening), health: portOf(health) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running.values()) {
      const { child } = await running
      const ended = once(child, 'exit')
      child.kill()
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function portOf(place: string): number {
  return Number(place.split(':')[1])
}

function behind(profile: string, port: number): Promise<Target> {
  return makeTarget(
    {
      kind: 'geneve',
      hosts: [`127.0.0.1:${port}`],
      profile: [profile],
      policies: ['drop', 'reject', 'continue'],
      features: ['rules', 'inner-tunnels'],
      families: ['ipv4'],
      clock: 'told',
      addresses: ADDRESSES,
      hooks: { configure: ['/bin/true'] },
    },
    { name: 'appliance', version: 'test' },
  )
}
