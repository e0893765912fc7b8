import { Lab, withoutOffloads } from '../lab/lab.ts'
import { hardwareAddress, SIDES } from '../lab/names.ts'

/** The interface by which two hosts tell each other of their sessions, and their addresses there. */
export const SYNC_LINK = 'y'
export const SYNC_ADDRESSES = ['192.0.0.9', '192.0.0.10'] as const

/**
 * A lab whose hosts route: any packet that comes by a side leaves by the other, whatever its addresses. `paired`: with a link
 * between its two hosts.
 */
export function openRouters(hosts: number, mtu: number, paired = false): Promise<Lab> {
  return Lab.open({
    hosts,
    mtu,
    between: paired ? SYNC_LINK : undefined,
    inside: (host) => insideOf(host) + (paired ? syncEnd(host) : ''),
  })
}

function syncEnd(host: number): string {
  return `ip addr add ${SYNC_ADDRESSES[host as 0 | 1]}/30 dev ${SYNC_LINK}
ip link set ${SYNC_LINK} up
`
}

/** Next hops by side, which are the outer ends; nothing in a capture is from this range (RFC 6890, 192.0.0.0/24). */
const GATEWAY = [
  {
    own4: '192.0.0.1/30',
    next4: '192.0.0.2',
    own6: 'fd00:fb:0:1::1/64',
    next6: 'fd00:fb:0:1::2',
    table: 101,
  },
  {
    own4: '192.0.0.5/30',
    next4: '192.0.0.6',
    own6: 'fd00:fb:0:2::1/64',
    next6: 'fd00:fb:0:2::2',
    table: 102,
  },
] as const

function insideOf(host: number): string {
  const sides = ([0, 1] as const).map((side) => {
    const name = SIDES[side]
    const { own4, next4, own6, next6, table } = GATEWAY[side]
    const outer = hardwareAddress(host, side, 'outer')
    // What came by the other side goes by this one; what the host sends about a packet of this side goes back by it.
    return `${withoutOffloads(name)}echo 0 > /proc/sys/net/ipv4/conf/${name}/rp_filter
echo 0 > /proc/sys/net/ipv4/conf/${name}/send_redirects
echo 0 > /proc/sys/net/ipv6/conf/${name}/accept_ra
echo 0 > /proc/sys/net/ipv6/conf/${name}/router_solicitations
ip link set ${name} up
ip addr add ${own4} dev ${name}
ip -6 addr add ${own6} dev ${name} nodad
ip neigh replace ${next4} lladdr ${outer} dev ${name} nud permanent
ip -6 neigh replace ${next6} lladdr ${outer} dev ${name} nud permanent
ip route add default via ${next4} dev ${name} table ${table}
ip -6 route add default via ${next6} dev ${name} table ${table}
for family in -4 -6; do
  ip $family rule add iif ${side === 0 ? 's' : 'c'} lookup ${table} pref ${200 + side}
  ip $family rule add iif lo fwmark ${side + 1} lookup ${table} pref ${100 + side}
done
`
  })
  return `ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
for scope in all default; do echo 0 > /proc/sys/net/ipv4/conf/$scope/rp_filter; done
echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
echo 1 > /proc/sys/net/ipv4/fwmark_reflect
echo 1 > /proc/sys/net/ipv6/fwmark_reflect
echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
${sides.join('')}ip route add default via ${GATEWAY[1].next4} dev s
ip -6 route add default via ${GATEWAY[1].next6} dev s
`
}
