import { hostname } from 'node:os'
import type { Setup } from '../../model/setup.ts'
import type { Session, Target } from '../../model/target.ts'
import type { PcapArm } from '../../observe/live/pcap/arms.ts'
import { PcapPort } from '../../observe/live/pcap/port.ts'
import { LiveSession } from '../../observe/live/session.ts'
import { DeviceTarget } from '../device-target.ts'
import { Appliances } from '../hooks/appliances.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import type { InlineArm, InlineHost } from './host-options.ts'
import { checkNeeds } from './needs.ts'
import { type InlineOptions, readOptions } from './options.ts'

/** Devices with two arms each, between interfaces of this machine; the harness decides which packet goes through which device. */
class InlineTarget extends DeviceTarget<InlineOptions> {
  /** Their names are those of interfaces of this machine. */
  get appliances(): readonly string[] {
    const { hosts, namespace = '' } = this.options
    const arms = hosts.flatMap(({ client, server }) => [client, server])
    return arms.map((arm) => `inline ${hostname()} ${namespace} ${arm.interface} ${arm.vlan ?? ''}`)
  }

  /** Throws ERR_TARGET_LACKS, ERR_INLINE, ERR_NODE_PCAP, ERR_PORT, ERR_HOOK and ERR_CALIBRATION. */
  async prepare(setup: Setup, signal: AbortSignal): Promise<Session> {
    this.requireSetup(setup)
    const { mtu, scale, families, namespace, arp } = this.options
    const hosts = this.options.hosts.slice(0, setup.topology.hosts.length)
    const names = setup.topology.hosts.map((name, host) => hosts[host]?.name ?? name)
    await checkNeeds(this.name, { hosts, mtu, ...(namespace === undefined ? {} : { namespace }) })
    const hooks = await this.configured(setup, signal)
    const port = await PcapPort.open({
      arms: hosts.flatMap((host) => armsOf(host, arp === 'answer')),
      mtu,
      ...(namespace === undefined ? {} : { namespace }),
    })
    try {
      const session = new LiveSession({
        port,
        hosts: names,
        clockScale: scale,
        actions: new Appliances(names, [], hooks),
        families,
        ends: this.drawnEnds(),
      })
      await session.calibrate(signal)
      await session.reset()
      return session
    } catch (thrown) {
      await port[Symbol.asyncDispose]()
      throw thrown
    }
  }
}

/** The target for a spec of kind inline. */
export function makeInline(spec: TargetSpec, { name, addresses }: TargetContext): Target {
  return new InlineTarget(name, readOptions(spec, name), addresses)
}

/** Through a host that is a bridge, each arm is the other's next hop. */
function armsOf({ client, server }: InlineHost, answers: boolean): readonly PcapArm[] {
  const arm = ({ interface: device, vlan, mac, own }: InlineArm, other: InlineArm) => ({
    device,
    own,
    peer: mac ?? other.own,
    ...(vlan === undefined ? {} : { vlan }),
    answers: answers && mac !== undefined,
  })
  return [arm(client, server), arm(server, client)]
}
