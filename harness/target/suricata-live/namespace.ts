import { quiet, withoutOffloads } from '../lab/lab.ts'
import { hardwareAddress, LINKS } from '../lab/names.ts'

/** Names of a host's interfaces in its namespace: the two that Suricata bridges, and the one by which what it sends itself leaves. */
export const [CLIENT, SERVER, OWN] = LINKS

/** Next hops of what Suricata sends itself; nothing in a capture is from these ranges (RFC 6890, 192.0.0.0/24). */
const OWN_4 = { own: '192.0.0.1/30', next: '192.0.0.2' } as const
const OWN_6 = { own: 'fd00:fb:0:3::1/64', next: 'fd00:fb:0:3::2' } as const

/**
 * Makes a namespace a host for Suricata. The kernel has no address on the two interfaces that are bridged, so that it passes nothing on
 * by itself and answers nothing. Resets are handed to the kernel to be routed (respond-reject-libnet11.c): they leave by a third
 * interface, where Suricata does not take them for packets that came in.
 */
export function namespaceScript(host: number): string {
  const outer = hardwareAddress(host, LINKS.indexOf(OWN), 'outer')
  return `ip link set lo up
${quiet(CLIENT)}${quiet(SERVER)}${withoutOffloads(OWN)}echo 0 > /proc/sys/net/ipv6/conf/${OWN}/accept_ra
echo 0 > /proc/sys/net/ipv6/conf/${OWN}/router_solicitations
ip link set ${OWN} up
ip addr add ${OWN_4.own} dev ${OWN}
ip -6 addr add ${OWN_6.own} dev ${OWN} nodad
ip neigh replace ${OWN_4.next} lladdr ${outer} dev ${OWN} nud permanent
ip -6 neigh replace ${OWN_6.next} lladdr ${outer} dev ${OWN} nud permanent
ip route add default via ${OWN_4.next} dev ${OWN}
ip -6 route add default via ${OWN_6.next} dev ${OWN}
`
}
