import { randomBytes } from 'node:crypto'
import { run } from './commands.ts'
import { hardwareAddress, hostNamespace, outerNamespace, SYNC_ADDRESSES, SYNC_LINK } from './names.ts'
import { disown, own, removeNamespaces } from './ownership.ts'
import { NamespaceShell } from './shell.ts'

/**
 * Network namespaces: one a host, and one that holds the outer ends of two links to each. Any packet that comes by a side leaves by
 * the other, whatever its addresses.
 */
export class Lab implements AsyncDisposable {
  readonly hosts: number
  readonly id: string
  readonly #shells: NamespaceShell[] = []

  private constructor(id: string, hosts: number) {
    this.id = id
    this.hosts = hosts
  }

  /** Makes one, with a link between its two hosts if they are `paired`; what was made of it is removed again where that fails. */
  static async open(hosts: number, mtu: number, paired = false): Promise<Lab> {
    const lab = new Lab(randomBytes(4).toString('hex'), hosts)
    await own(lab.id)
    try {
      await lab.#build(mtu, paired)
    } catch (thrown) {
      await lab[Symbol.asyncDispose]()
      throw thrown
    }
    return lab
  }

  /** Runs a script on one host. Throws ERR_NETFILTER where a command fails. */
  async on(host: number, script: string): Promise<string> {
    return (await this.#shells[host]?.run(script)) ?? ''
  }

  /** The same on all hosts at once. */
  async each(script: string): Promise<void> {
    await Promise.all(this.#shells.map((shell) => shell.run(script)))
  }

  get outer(): string {
    return outerNamespace(this.id)
  }

  host(index: number): string {
    return hostNamespace(this.id, index)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#shells.map((shell) => shell[Symbol.asyncDispose]()))
    await removeNamespaces(this.id)
    await disown(this.id)
  }

  async #build(mtu: number, paired: boolean): Promise<void> {
    const hosts = Array.from({ length: this.hosts }, (_, host) => host)
    const links = hosts.flatMap((host) =>
      ([0, 1] as const).map((side) => {
        const near = `name ${'cs'[side]}${host} netns ${this.outer} mtu ${mtu} address ${hardwareAddress(host, side, 'outer')}`
        const far = `name ${'cs'[side]} netns ${this.host(host)} mtu ${mtu} address ${hardwareAddress(host, side, 'host')}`
        return `link add ${near} type veth peer ${far}`
      }),
    )
    const names = [this.outer, ...hosts.map((host) => this.host(host))]
    await run(
      'ip',
      ['-batch', '-'],
      [...names.map((name) => `netns add ${name}`), ...links, ...(paired ? [this.#between()] : []), ''].join(
        '\n',
      ),
    )
    await using outer = new NamespaceShell(this.outer)
    this.#shells.push(...hosts.map((host) => new NamespaceShell(this.host(host))))
    await Promise.all([
      outer.run(outerEnds(this.hosts)),
      ...hosts.map((host) => this.on(host, insideOf(host) + (paired ? syncEnd(host) : ''))),
    ])
  }

  #between(): string {
    const end = (host: number) => `name ${SYNC_LINK} netns ${this.host(host)}`
    return `link add ${end(0)} type veth peer ${end(1)}`
  }
}

function syncEnd(host: number): string {
  return `ip addr add ${SYNC_ADDRESSES[host as 0 | 1]}/30 dev ${SYNC_LINK}
ip link set ${SYNC_LINK} up
`
}

/** The outer ends have no addresses, so that the kernel answers nothing there. */
function outerEnds(hosts: number): string {
  const names = Array.from({ length: hosts }, (_, host) => [`c${host}`, `s${host}`]).flat()
  return names
    .map(
      (name) => `echo 1 > /proc/sys/net/ipv6/conf/${name}/disable_ipv6
ethtool -K ${name} tx off rx off gso off tso off gro off >/dev/null 2>&1
ip link set ${name} up
`,
    )
    .join('')
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
    const name = 'cs'[side]
    const { own4, next4, own6, next6, table } = GATEWAY[side]
    const outer = hardwareAddress(host, side, 'outer')
    // What came by the other side goes by this one; what the host sends about a packet of this side goes back by it.
    return `ethtool -K ${name} tx off rx off gso off tso off gro off >/dev/null 2>&1
echo 0 > /proc/sys/net/ipv4/conf/${name}/rp_filter
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
