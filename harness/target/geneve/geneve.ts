import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Setup } from '../../model/setup.ts'
import type { Capabilities, Session, Target } from '../../model/target.ts'
import { LiveSession } from '../../observe/live/session.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import { Appliances } from './appliances.ts'
import { HealthChecks } from './health.ts'
import { Hooks } from './hooks.ts'
import { type Address, type GeneveOptions, readOptions } from './options.ts'
import { GenevePort } from './port.ts'

/** Appliances behind a gateway load balancer, which the harness is: over UDP, without privileges. */
export class GeneveTarget implements Target {
  readonly name: string
  readonly version: string
  readonly capabilities: Capabilities
  readonly #options: GeneveOptions

  constructor(name: string, options: GeneveOptions) {
    const { hosts, families, policies, sharing, profile, features, scale, version } = options
    this.name = name
    this.version = version
    this.#options = options
    this.capabilities = {
      clock: 'real',
      reactive: true,
      hosts: hosts.length,
      families,
      policies,
      sharing,
      events: ['drain', 'crash', 'unhealthy', 'restore', 'flush', 'steer', 'return'],
      observes: ['verdict', 'emitted'],
      folding: 'aligned',
      profiles: [profile],
      features,
      clockScale: scale,
    }
  }

  /** Throws ERR_APPLIANCE_UNHEALTHY, ERR_PORT, ERR_HOOK and ERR_CALIBRATION with what is wrong. */
  async prepare(setup: Setup, signal: AbortSignal): Promise<Session> {
    const { hosts, listen, mtu, scale, families, health } = this.#options
    const names = setup.topology.hosts
    const used = hosts.slice(0, names.length)
    const hooks = new Hooks(this.#options.hooks)
    await configure(hooks, setup, signal)
    const checks = health === undefined ? undefined : new HealthChecks(used, health)
    let port: GenevePort | undefined
    try {
      await checks?.wait(
        used.map((_, host) => host),
        signal,
      )
      port = await GenevePort.open({ hosts: used, listen, mtu, returns: returnsOf(used, this.#options) })
      const session = new LiveSession({
        port,
        hosts: names,
        clockScale: scale,
        actions: new Appliances(names, used, hooks, checks),
        families,
        dispose: async () => checks?.close(),
      })
      await session.calibrate(signal)
      return session
    } catch (thrown) {
      checks?.close()
      await port?.[Symbol.asyncDispose]()
      throw thrown
    }
  }
}

/** The target that a spec of kind geneve describes. */
export function makeGeneve(spec: TargetSpec, { name }: TargetContext): Target {
  return new GeneveTarget(name, readOptions(spec, name))
}

/** By host: whither it returns packets. One at the load balancer's own address cannot have the ports that the load balancer has. */
function returnsOf(hosts: readonly Address[], { listen, returns }: GeneveOptions) {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const own = new Set(listen === '0.0.0.0' ? all.map(({ address }) => address) : [listen])
  return hosts.map(({ address }) => returns ?? (own.has(address) ? 'sender' : 'gateway'))
}

/** Has the appliances brought to the setup, which a hook finds in a file. */
async function configure(hooks: Hooks, setup: Setup, signal: AbortSignal): Promise<void> {
  if (!hooks.has('configure')) return
  const folder = await mkdtemp(join(tmpdir(), 'flowbreak-'))
  try {
    const file = join(folder, 'setup.json')
    await writeFile(file, JSON.stringify(setup))
    await hooks.run('configure', { setup: file, policy: setup.policy.exception }, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
