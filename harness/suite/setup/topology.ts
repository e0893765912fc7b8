import type { Topology } from '../../model/setup.ts'
import type { Profile } from '../../profile/index.ts'
import type { Report } from '../problems.ts'
import type { SetupInput } from './input.ts'
import { readLoadBalancer } from './load-balancer.ts'
import { readSharing } from './sharing.ts'

const MOST_HOSTS = 250
/** Names in `by`, `to` and reports that are not hosts. */
const NOT_HOSTS = ['lb', 'path', 'unknown', 'bypass']

/** Hosts, the load balancer in front of them, and how they share. `folder`: where relative paths start. */
export function readTopology(input: SetupInput, profile: Profile, folder: string, report: Report): Topology {
  const hosts = hostsOf(input.hosts ?? 2, report)
  const loadBalancer = readLoadBalancer(input['load-balancer'] ?? {}, profile, hosts.length, report)
  return {
    hosts,
    loadBalancer,
    sharing: readSharing(input.sharing, { hosts: hosts.length, loadBalancer, folder }, report),
  }
}

function hostsOf(hosts: number | string | readonly string[], report: Report): readonly string[] {
  const names = typeof hosts === 'object' ? hosts : hostNames(Number(hosts))
  if (names.length < 1 || names.length > MOST_HOSTS) {
    report(['hosts'], `Write 1 to ${MOST_HOSTS} hosts, as a number or a list of names, not "${hosts}".`)
    return hostNames(2)
  }
  names.forEach((name, index) => {
    if (!/^[a-z][a-z0-9-]*$/.test(name) || NOT_HOSTS.includes(name))
      report(['hosts', index], `"${name}" cannot name a host: use a-z, 0-9 and "-", as in fw-a.`)
    else if (names.indexOf(name) < index) report(['hosts', index], `There are two hosts named "${name}".`)
  })
  return names
}

/** fw-a … fw-z, fw-aa …; none if a topology cannot have that number of hosts. */
function hostNames(count: number): readonly string[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST_HOSTS) return []
  const letter = (index: number): string => String.fromCharCode(97 + index)
  return Array.from({ length: count }, (_, index) =>
    index < 26 ? `fw-${letter(index)}` : `fw-${letter(Math.floor(index / 26) - 1)}${letter(index % 26)}`,
  )
}
