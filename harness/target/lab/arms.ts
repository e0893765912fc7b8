import type { PcapArm } from '../../observe/live/pcap/arms.ts'
import { hardwareAddress, SIDES } from './names.ts'

/** The outer ends of a lab's links in the form for a port: client's and server's side of each host, which is the next hop on both. */
export function labArms(hosts: number): readonly PcapArm[] {
  return Array.from({ length: hosts }, (_, host) => host).flatMap((host) =>
    SIDES.map((link, side) => ({
      device: `${link}${host}`,
      own: hardwareAddress(host, side, 'outer'),
      peer: hardwareAddress(host, side, 'host'),
    })),
  )
}
