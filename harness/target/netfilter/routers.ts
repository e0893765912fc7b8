import { together, withInput } from '../lab/commands.ts'
import { Lab, type LabPlan, withoutOffloads } from '../lab/lab.ts'
import { hardwareAddress, SIDES } from '../lab/names.ts'

/** The interface by which two hosts share their sessions, and their addresses there. */
export const SYNC_LINK = 'y'
export const SYNC_ADDRESSES = ['192.0.0.9', '192.0.0.10'] as const

/** What a lab of routers has besides. */
export interface RoutersPlan extends Pick<LabPlan, 'beside'> {
  /** Whether its two hosts have a link between them. */
  readonly paired?: boolean
  /** A script that is run on each host once it routes. */
  readonly rules?: string
}

/** A lab whose hosts route: any packet that comes by one side leaves by the other, whatever its addresses. */
export function openRouters(
  hosts: number,
  mtu: number,
  { paired = false, rules = '', beside }: RoutersPlan = {},
): Promise<Lab> {
  return Lab.open({
    hosts,
    mtu,
    between: paired ? SYNC_LINK : undefined,
    inside: (host) => insideOf(host, paired ? syncEnd(host) : []) + rules,
    beside,
  })
}

function syncEnd(host: number): readonly string[] {
  return [`addr add ${SYNC_ADDRESSES[host as 0 | 1]}/30 dev ${SYNC_LINK}`, `link set ${SYNC_LINK} up`]
}

/** Next hops by side, which are the outer ends; no capture has addresses of this range (RFC 6890, 192.0.0.0/24). */
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

/** `more`: lines for `ip -batch`. */
function insideOf(host: number, more: readonly string[]): string {
  const switches = SIDES.map(
    (name) => `echo 0 > /proc/sys/net/ipv4/conf/${name}/rp_filter
echo 0 > /proc/sys/net/ipv4/conf/${name}/send_redirects
echo 0 > /proc/sys/net/ipv6/conf/${name}/accept_ra
echo 0 > /proc/sys/net/ipv6/conf/${name}/router_solicitations
`,
  )
  return `echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
for scope in all default; do echo 0 > /proc/sys/net/ipv4/conf/$scope/rp_filter; done
echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
echo 1 > /proc/sys/net/ipv4/fwmark_reflect
echo 1 > /proc/sys/net/ipv6/fwmark_reflect
echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
echo 0 > /proc/sys/net/ipv6/icmp/ratemask
${switches.join('')}${together([...SIDES.map(withoutOffloads), addressing(host, more)])}`
}

/** Two processes give a host all its links, addresses, neighbours and routes, because `ip` takes one family at a time. */
function addressing(host: number, more: readonly string[]): string {
  const families = ([4, 6] as const).map((family) => {
    const sides = ([0, 1] as const).flatMap((side) => {
      const name = SIDES[side]
      const { own4, next4, own6, next6, table } = GATEWAY[side]
      const outer = hardwareAddress(host, side, 'outer')
      const own = family === 4 ? own4 : `${own6} nodad`
      const next = family === 4 ? next4 : next6
      return [
        ...(family === 4 ? [`link set ${name} up`] : []),
        `addr add dev ${name} ${own}`,
        `neigh replace ${next} lladdr ${outer} dev ${name} nud permanent`,
        `route add default via ${next} dev ${name} table ${table}`,
        // Packets from the other side leave by this one; packets that the host sends about a packet of this side go back by it.
        `rule add iif ${side === 0 ? 's' : 'c'} lookup ${table} pref ${200 + side}`,
        `rule add iif lo fwmark ${side + 1} lookup ${table} pref ${100 + side}`,
      ]
    })
    const last = `route add default via ${GATEWAY[1][family === 4 ? 'next4' : 'next6']} dev s`
    return [...(family === 4 ? ['link set lo up', ...more] : []), ...sides, last].join('\n')
  })
  return withInput('ip -batch -', families[0] ?? '') + withInput('ip -6 -batch -', families[1] ?? '')
}
