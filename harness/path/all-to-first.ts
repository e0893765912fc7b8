import type { Topology } from '../model/setup.ts'

/** Whether a load balancer sends every packet to the first host, whatever came before, as long as nothing happens to hosts. */
export function sendsAllToFirst({ hosts, loadBalancer }: Topology): boolean {
  const { placement, stickiness, nonSynMiss, resetOn, capacity, zones } = loadBalancer
  const { mtu, hostMtu, hostTcpEstablished } = loadBalancer
  const asked = [stickiness, capacity, zones, mtu, hostMtu, hostTcpEstablished]
  return (
    (placement === 'first' || hosts.length === 1) &&
    nonSynMiss === 'forward' &&
    !resetOn.idle &&
    asked.every((knob) => knob === undefined)
  )
}
