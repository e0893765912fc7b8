import { networkInterfaces } from 'node:os'
import type { Setup } from '../../model/setup.ts'
import type { Session, Target } from '../../model/target.ts'
import { LiveSession } from '../../observe/live/session.ts'
import { DeviceTarget } from '../device-target.ts'
import { Appliances } from '../hooks/appliances.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import { HealthChecks } from './health.ts'
import { type Address, type GeneveOptions, readOptions } from './options.ts'
import { GenevePort } from './port.ts'

/** Appliances behind a gateway load balancer, whose part the harness plays: over UDP, without privileges. */
class GeneveTarget extends DeviceTarget<GeneveOptions> {
  /** Their addresses are the same wherever they are reached from. */
  get appliances(): readonly string[] {
    return this.options.hosts.map(({ address, port }) => `geneve ${address}:${port}`)
  }

  /**
   * A gateway load balancer takes no fragments back: an appliance holds them until their datagram is complete, or passes on what it
   * decided before.
   */
  readonly unreliable = ['fragments'] as const

  /** Throws ERR_TARGET_LACKS, ERR_APPLIANCE_UNHEALTHY, ERR_PORT, ERR_HOOK and ERR_CALIBRATION. */
  async prepare(setup: Setup, signal: AbortSignal): Promise<Session> {
    const { hosts, listen, mtu, scale, families, health, clock } = this.options
    const names = setup.topology.hosts
    const used = hosts.slice(0, names.length)
    this.requireSetup(setup)
    const hooks = await this.configured(setup, signal)
    const checks = health === undefined ? undefined : new HealthChecks(used, health)
    let port: GenevePort | undefined
    try {
      await checks?.wait(
        used.map((_, host) => host),
        signal,
      )
      port = await GenevePort.open({
        hosts: used,
        listen,
        mtu,
        returns: returnsOf(used, this.options),
        tellsTime: clock === 'told',
      })
      const session = new LiveSession({
        port,
        hosts: names,
        clockScale: clock === 'told' ? 'told' : scale,
        actions: new Appliances(names, used.map(valuesOf), hooks, checks),
        families,
        ends: this.drawnEnds(),
        dispose: async () => checks?.close(),
      })
      await session.calibrate(signal)
      await session.reset()
      return session
    } catch (thrown) {
      checks?.close()
      await port?.[Symbol.asyncDispose]()
      throw thrown
    }
  }
}

/** The target for a spec of kind geneve. */
export function makeGeneve(spec: TargetSpec, { name, addresses }: TargetContext): Target {
  const options = readOptions(spec, name)
  return new GeneveTarget(name, options, addresses, options.clock === 'told' ? 'virtual' : 'real')
}

/** By host: where it returns packets to. A host at the load balancer's own address cannot use the load balancer's ports. */
function returnsOf(hosts: readonly Address[], { listen, returns }: GeneveOptions) {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const own = new Set(listen === '0.0.0.0' ? all.map(({ address }) => address) : [listen])
  return hosts.map(({ address }) => returns ?? (own.has(address) ? 'sender' : 'gateway'))
}

function valuesOf({ address, port }: Address) {
  return { address: `${address}:${port}` }
}
