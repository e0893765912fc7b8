import { NANOS_PER_SECOND, type PacketBatch } from '../../model/batch.ts'
import { Host, Link, nameOf, Role } from '../../model/codes.ts'
import type { Setup } from '../../model/setup.ts'
import type { HostEvent, TimedEvent } from '../../model/timeline.ts'
import { controlRulesOf, withControls } from '../../observe/control-rules.ts'
import { profileOf } from '../../profile/index.ts'

/** The version of the protocol (docs/writing-a-target.md). */
export const PROTOCOL = 1

/** The setup as a program gets it: everything except the load balancer, whose part the harness plays. */
export function setupMessage(setup: Setup) {
  const { topology, policy, profile, tunnels, rules, stateless } = setup
  const knobs = Object.entries(profileOf(setup).knobs).map(([name, { value }]) => [name, value])
  return {
    key: setup.key,
    hosts: topology.hosts,
    sharing: topology.sharing,
    policy,
    profile,
    knobs: Object.fromEntries(knobs),
    tunnels,
    // Controls must come out whatever the case's own rules say.
    rules: rules.length > 0 || policy.defaultActions.length > 0 ? [...controlRulesOf(setup), ...rules] : [],
    ...(stateless === undefined ? {} : { stateless: withControls(stateless, setup) }),
  }
}

/** A packet as a program gets it; the program answers with `id`. */
export function packetStep(packets: PacketBatch, index: number, id: number, hosts: readonly string[]) {
  const start = packets.start[index] ?? 0
  const length = packets.captured[index] ?? 0
  return {
    packet: id,
    number: packets.number[index],
    time: (packets.time[index] ?? 0) / NANOS_PER_SECOND,
    flow: packets.flow[index],
    direction: packets.direction[index] === 0 ? 'c2s' : 's2c',
    host: hosts[packets.host[index] ?? 0],
    role: nameOf(Role, packets.role[index] ?? 0),
    link: nameOf(Link, packets.link[index] ?? 0),
    length: packets.original[index],
    frame: Buffer.from(packets.bytes.buffer, packets.bytes.byteOffset + start, length).toString('base64'),
  }
}

/** An event as a program gets it, with names of hosts; undefined: it concerns only the load balancer. */
export function eventStep({ event, at }: TimedEvent, hosts: readonly string[]) {
  if ('scope' in event && event.scope === 'lb') return undefined
  const { kind, ...about } = event
  return {
    event: kind,
    time: at / NANOS_PER_SECOND,
    ...about,
    ...('host' in event ? { host: hostName(event, hosts) } : {}),
    ...('direction' in event ? { direction: ['c2s', 's2c', 'both'][event.direction] } : {}),
  }
}

function hostName(
  { host }: HostEvent & { readonly host: number },
  hosts: readonly string[],
): string | undefined {
  return host === Host.bypass ? 'bypass' : hosts[host]
}
