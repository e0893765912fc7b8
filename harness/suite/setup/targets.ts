import type { HealthChecks, LoadBalancer, Zones } from '../../model/setup.ts'
import { gatewayLoadBalancer as aws } from '../../profile/gateway-load-balancer.ts'
import type { Profile } from '../../profile/index.ts'
import type { Path, Report } from '../problems.ts'
import { ALL_UNHEALTHY } from '../words.ts'
import type { LoadBalancerInput } from './input.ts'
import { type Range, seconds, whole, word } from './values.ts'

const INTERVAL: Range = {
  least: 5,
  most: 300,
  rule: 'a Gateway Load Balancer checks health every 5 to 300 seconds',
}
const THRESHOLD: Range = { least: 2, most: 10, rule: 'a Gateway Load Balancer takes thresholds of 2 to 10' }
const DELAY: Range = {
  least: 0,
  most: 3600,
  rule: 'a Gateway Load Balancer takes 0 to 3600 seconds as deregistration_delay.timeout_seconds',
}
const ESTABLISHED: Range = {
  least: 60,
  most: 432_000,
  rule: 'a network interface takes 60 to 432000 seconds as TcpEstablishedTimeout',
}
/** Range of IP packet sizes in bytes; the least is what IPv6 requires of every link (RFC 8200 5). */
const SIZE: Range = { least: 1280, most: 65_535 }

type Targets = Pick<
  LoadBalancer,
  'health' | 'deregistrationDelay' | 'zones' | 'allUnhealthy' | 'mtu' | 'hostMtu' | 'hostTcpEstablished'
>

/** The settings of the hosts as targets, and of the way to them; absent if it is AWS's default. */
export function readTargets(
  input: LoadBalancerInput,
  { knobs }: Profile,
  hosts: number,
  report: Report,
): Targets {
  const at = (key: keyof LoadBalancerInput): Path => ['load-balancer', key]
  const delay = seconds(
    input['deregistration-delay'] ?? knobs.lbDeregistrationDelay.value,
    DELAY,
    at('deregistration-delay'),
    report,
  )
  const allUnhealthy = word(
    input['all-unhealthy'],
    ALL_UNHEALTHY,
    knobs.lbAllUnhealthy.value,
    'what becomes of flows when all hosts are unhealthy',
    at('all-unhealthy'),
    report,
  )
  const established = seconds(
    input['host-tcp-established'] ?? knobs.lbHostTcpEstablished.value,
    ESTABLISHED,
    at('host-tcp-established'),
    report,
  )
  return {
    ...healthOf(input.health ?? {}, knobs, report),
    ...(delay === undefined || delay === aws.lbDeregistrationDelay.value
      ? {}
      : { deregistrationDelay: delay }),
    ...zonesOf(input, knobs.lbCrossZone.value, hosts, report),
    ...(allUnhealthy === 'open' ? {} : { allUnhealthy }),
    ...sizeOf('mtu', input.mtu, at('mtu'), report),
    ...sizeOf('hostMtu', input['host-mtu'], at('host-mtu'), report),
    ...(established === undefined || established === aws.lbHostTcpEstablished.value
      ? {}
      : { hostTcpEstablished: established }),
  }
}

function healthOf(
  input: NonNullable<LoadBalancerInput['health']>,
  knobs: Profile['knobs'],
  report: Report,
): { readonly health?: HealthChecks } {
  const at = (key: string): Path => ['load-balancer', 'health', key]
  const threshold = (key: 'unhealthy-threshold' | 'healthy-threshold', fallback: number) =>
    whole(input[key] ?? fallback, THRESHOLD, at(key), report) ?? fallback
  const interval = input.interval ?? knobs.lbHealthInterval.value
  const health = {
    interval: seconds(interval, INTERVAL, at('interval'), report) ?? knobs.lbHealthInterval.value,
    unhealthyThreshold: threshold('unhealthy-threshold', knobs.lbUnhealthyThreshold.value),
    healthyThreshold: threshold('healthy-threshold', knobs.lbHealthyThreshold.value),
  }
  const byDefault =
    health.interval === aws.lbHealthInterval.value &&
    health.unhealthyThreshold === aws.lbUnhealthyThreshold.value &&
    health.healthyThreshold === aws.lbHealthyThreshold.value
  return byDefault ? {} : { health }
}

function zonesOf(
  input: LoadBalancerInput,
  crossZoneByDefault: boolean,
  hosts: number,
  report: Report,
): { readonly zones?: Zones } {
  const { zones, zone, 'cross-zone': crossZone = crossZoneByDefault } = input
  const crosses = String(crossZone) === 'true'
  if (!crosses && String(crossZone) !== 'false')
    report(['load-balancer', 'cross-zone'], `"${crossZone}" is neither true nor false.`)
  if (zones === undefined) {
    if (zone !== undefined || input['cross-zone'] === true)
      report(
        ['load-balancer', zone === undefined ? 'cross-zone' : 'zone'],
        'All hosts are in one zone: write zones, a name for each host.',
      )
    return {}
  }
  const client = zone ?? zones[0] ?? ''
  if (zones.length !== hosts)
    report(
      ['load-balancer', 'zones'],
      `There are ${zones.length} zones for ${hosts} hosts: write one a host.`,
    )
  if (!crosses && !zones.includes(client))
    report(
      ['load-balancer', 'zone'],
      `No host is in zone "${client}", and without cross-zone load balancing a Gateway Load Balancer sends flows only to targets of their own zone: write one of ${zones.join(', ')}, or cross-zone: true.`,
    )
  return { zones: { hosts: zones, client, crossZone: crosses } }
}

function sizeOf(
  key: 'mtu' | 'hostMtu',
  written: number | string | undefined,
  path: Path,
  report: Report,
): { readonly mtu?: number; readonly hostMtu?: number } {
  const size = written === undefined ? undefined : whole(written, SIZE, path, report)
  return size === undefined ? {} : { [key]: size }
}
