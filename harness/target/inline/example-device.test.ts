import type { SyncSharing } from '../../model/setup.ts'
import { drawControlEnds } from '../../observe/live/control-ends.ts'
import { getProfile } from '../../profile/index.ts'
import { BENCHMARKING } from '../bounds.ts'
import type { Lab } from '../lab/lab.ts'
import { hardwareAddress } from '../lab/names.ts'
import { Conntrackd } from '../netfilter/conntrackd.ts'
import { configuring } from '../netfilter/hosts.ts'
import { kernelSettings } from '../netfilter/kernel-settings.ts'
import { openRouters } from '../netfilter/routers.ts'
import { rulesetOf } from '../netfilter/ruleset.ts'
import { makeTarget } from '../targets.ts'

/** Seconds of a timeline in one of the devices' clocks. */
const SCALE = 5

/** Hardware addresses of a router with both arms on one link. */
export const ONE_LINK_MACS = ['02:fb:03:00:00:00', '02:fb:03:00:00:01'] as const

/** What stands in a router's place; it has to ask for its next hops. */
const ASKS = `ip neigh flush all nud permanent
ip -6 neigh flush all nud permanent
`
const BRIDGES = `ip addr flush dev c
ip addr flush dev s
ip link add bridge type bridge
ip link set c master bridge
ip link set s master bridge
ip link set bridge up
`

/** A router with both arms on one link: two interfaces with addresses of their own behind `c`. */
const ONE_LINK = `ip addr flush dev c
ip addr flush dev s
ip link add link c name k address ${ONE_LINK_MACS[0]} type macvlan mode private
ip link add link c name m address ${ONE_LINK_MACS[1]} type macvlan mode private
ip link set dev k up
ip link set dev m up
ip addr add 192.0.0.1/30 dev k
ip addr add 192.0.0.5/30 dev m
ip route add default via 192.0.0.2 dev k table 301
ip route add default via 192.0.0.6 dev m table 302
ip rule add iif m lookup 301 pref 50
ip rule add iif k lookup 302 pref 51
`

/** Two firewalls by nftables that ask for their next hops, in namespaces; they may hide clients behind their own addresses. */
export async function firewalls(
  exception: 'drop' | 'reject',
  hosts = 2,
  nat: 'none' | 'masquerade' = 'none',
): Promise<Lab> {
  const lab = await openRouters(hosts, 1500, { rules: rulesOf(exception, nat) })
  return set(lab, () => lab.each(ASKS))
}

/** Two such firewalls that conntrackd keeps in step, each with the whole of what both track. */
export async function pair(sharing: SyncSharing): Promise<Lab> {
  const lab = await openRouters(2, 1500, { paired: true, rules: rulesOf('drop', 'none') })
  return set(lab, async () => {
    await lab.each(ASKS)
    await new Conntrackd(lab, sharing, drawControlEnds(BENCHMARKING)).start()
  })
}

function rulesOf(exception: 'drop' | 'reject', nat: 'none' | 'masquerade'): string {
  const { knobs } = getProfile('linux-conntrack')
  const policy = { exception, ruleOrder: 'action', defaultActions: [] } as const
  return configuring(rulesetOf(exception, knobs, { nat }), kernelSettings(knobs, policy, SCALE))
}

/** What lets everything through. */
export async function router(hosts = 2): Promise<Lab> {
  const lab = await openRouters(hosts, 1500)
  return set(lab, () => lab.each(ASKS))
}

export async function bridge(hosts = 2): Promise<Lab> {
  const lab = await openRouters(hosts, 1500)
  return set(lab, () => lab.each(BRIDGES))
}

export async function routerOnOneLink(): Promise<Lab> {
  const lab = await openRouters(1, 1500)
  return set(lab, () => lab.each(ONE_LINK))
}

/** Its hosts, as a configuration has them; with those of a bridge nobody has an address. */
export function hostsOf(lab: Lab, { routes = true } = {}) {
  const arm = (host: number, side: 0 | 1) => ({
    interface: `${'cs'[side]}${host}`,
    ...(routes ? { mac: hardwareAddress(host, side, 'host') } : {}),
  })
  return Array.from({ length: lab.hosts }, (_, host) => ({ client: arm(host, 0), server: arm(host, 1) }))
}

/** The target whose hosts are those of a lab. */
export function inline(lab: Lab, options: object = {}) {
  const spec = { profile: 'linux-conntrack', scale: SCALE, namespace: lab.outer, hosts: hostsOf(lab) }
  return makeTarget({ kind: 'inline', ...spec, ...options }, { name: 'rack', version: 'test' })
}

async function set(lab: Lab, work: () => Promise<void>): Promise<Lab> {
  try {
    await work()
    return lab
  } catch (thrown) {
    await lab[Symbol.asyncDispose]()
    throw thrown
  }
}
