import type { PcapArm } from '../../observe/live/pcap/arms.ts'
import { hardwareAddress, LINKS } from './names.ts'

/**
 * The outer ends of a lab's links as a port has them: client's and server's side of each host, then the third link of each where there
 * is one. `bridged`: the hosts pass frames on as they are, so each side is the other's next hop.
 */
export function labArms(hosts: number, { third = false, bridged = false } = {}): readonly PcapArm[] {
  const arm = (host: number, link: number): PcapArm => ({
    device: `${LINKS[link]}${host}`,
    own: hardwareAddress(host, link, 'outer'),
    peer: bridged ? hardwareAddress(host, link ^ 1, 'outer') : hardwareAddress(host, link, 'host'),
  })
  const numbers = Array.from({ length: hosts }, (_, host) => host)
  return [
    ...numbers.flatMap((host) => [arm(host, 0), arm(host, 1)]),
    ...(third ? numbers.map((host) => ({ ...arm(host, 2), peer: hardwareAddress(host, 2, 'host') })) : []),
  ]
}
