import type { PcapArm } from '../../observe/live/pcap/arms.ts'
import { hardwareAddress } from '../lab/names.ts'
import { LINK } from './namespace.ts'

/** Numbers of hardware addresses of links, behind those that the interfaces themselves have. */
const ENDS = [3, 4] as const

/** Arms that hear, of each host. */
const HEARING = 4

/**
 * Where frames for the hosts are sent and heard. Of each host first the client's arm and the server's, which both send by `in`, told
 * apart by their hardware addresses; behind those of all hosts four that hear: what has passed, and what Suricata sends itself, each
 * by the end that it comes from, for Suricata writes an answer's addresses as the end that it stands for would (respond-reject-libnet11.c).
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
    // That of the interface: from there nothing comes.
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

/** The arm at whose end something was heard by arm `arm` of those above. */
export function heardAt(arm: number, hosts: number): number {
  const hearing = arm - hosts * 2
  return hearing < 0 ? arm : Math.floor(hearing / HEARING) * 2 + (hearing & 1)
}
