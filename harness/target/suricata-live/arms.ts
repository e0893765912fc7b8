import type { PcapArm } from '../../observe/live/pcap/arms.ts'
import { hardwareAddress } from '../lab/names.ts'
import { LINK } from './namespace.ts'

/** Numbers of links for further hardware addresses, beyond those of the interfaces themselves. */
const ENDS = [3, 4] as const

/** Receiving arms of each host. */
const HEARING = 4

/**
 * Where frames of the hosts are sent and received. First, for each host, the client's arm and the server's, which both send by `in`, and
 * differ in their hardware addresses. Then, for each host, four receiving arms: for packets that have passed, and for packets of Suricata
 * itself, each by the end that the packet comes from, because Suricata addresses an answer as that end would (respond-reject-libnet11.c).
 */
export function suricataArms(hosts: number): readonly PcapArm[] {
  const numbers = Array.from({ length: hosts }, (_, host) => host)
  const end = (host: number, side: number) => hardwareAddress(host, ENDS[side & 1 ? 1 : 0], 'outer')
  const sending = (host: number, side: 0 | 1): PcapArm => ({
    device: `${LINK.in}${host}`,
    own: end(host, side),
    peer: end(host, side ^ 1),
  })
  const hearing = (host: number, link: 'out' | 'own', side: 0 | 1): PcapArm => ({
    device: `${LINK[link]}${host}`,
    // That of the interface: nothing comes from there.
    own: hardwareAddress(host, Object.keys(LINK).indexOf(link), 'outer'),
    peer: end(host, side ^ 1),
  })
  return [
    ...numbers.flatMap((host) => [sending(host, 0), sending(host, 1)]),
    ...numbers.flatMap((host) => [
      ...[hearing(host, 'out', 0), hearing(host, 'out', 1)],
      ...[hearing(host, 'own', 0), hearing(host, 'own', 1)],
    ]),
  ]
}

/** The arm of the end that receiving arm `arm` belongs to. */
export function heardAt(arm: number, hosts: number): number {
  const hearing = arm - hosts * 2
  return hearing < 0 ? arm : Math.floor(hearing / HEARING) * 2 + (hearing & 1)
}
