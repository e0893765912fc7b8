import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { run } from '../../harness/target/lab/commands.ts'

const PROGRAM = fileURLToPath(new URL('kernel.py', import.meta.url))

const LAST = { drop: 'drop', reject: 'meta l4proto tcp reject with tcp reset' } as const
type Policy = keyof typeof LAST

/** What comes by the tunnel goes back by it; tracked, and by these rules. */
const script = (policy: Policy) => `
ip link set lo up
ip link set dev tunnel up mtu 9000
ip addr add 192.0.0.1/30 dev tunnel
ip -6 addr add fd00:fb:0:1::1/64 dev tunnel nodad
ip route add default dev tunnel
ip -6 route add default dev tunnel
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
for scope in all default tunnel; do
  echo 0 > /proc/sys/net/ipv4/conf/$scope/rp_filter
  echo 0 > /proc/sys/net/ipv4/conf/$scope/send_redirects
done
echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
nft -f - <<'END'
table inet appliance {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state { established, related } accept
    tcp flags syn / syn,ack ct state new accept
    meta l4proto != tcp ct state new accept
    ${LAST[policy]}
  }
}
END
echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose
`

/** Two appliances, each the kernel in a namespace of its own behind a tunnel, and what a configuration says of them. */
export class KernelLab implements AsyncDisposable {
  readonly #namespaces: readonly string[]
  readonly #children: ChildProcess[] = []
  readonly #ports: string[] = []

  private constructor(id: string) {
    this.#namespaces = [0, 1].map((host) => `appliance-${id}-${host}`)
  }

  static async open(policy: Policy): Promise<KernelLab> {
    const lab = new KernelLab(randomBytes(4).toString('hex'))
    try {
      for (const name of lab.#namespaces) {
        await run('ip', ['netns', 'add', name])
        await lab.#start(name)
        await run('ip', ['netns', 'exec', name, 'sh', '-e'], script(policy))
      }
      return lab
    } catch (thrown) {
      await lab[Symbol.asyncDispose]()
      throw thrown
    }
  }

  /** As a configuration has it. */
  spec(policy: Policy) {
    const within = (host: string) => ['ip', 'netns', 'exec', host, 'conntrack', '-F']
    const each = this.#namespaces[0]?.slice(0, -1) ?? ''
    return {
      kind: 'geneve',
      profile: 'linux-conntrack',
      policies: [policy],
      hosts: this.#ports.map((port) => `127.0.0.1:${port}`),
      mtu: 8500,
      hooks: {
        swap: within(`${each}{index}`),
        restore: [process.execPath, '-e', '0'],
        clear: ['sh', '-c', `for host in 0 1; do ip netns exec ${each}$host conntrack -F; done`],
      },
    }
  }

  async #start(namespace: string): Promise<void> {
    const child = spawn('python3', [PROGRAM, namespace], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#children.push(child)
    const [port] = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`The appliance ended with ${code}.`))),
    ])
    this.#ports.push(port)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exit = once(child, 'exit')
        child.stdin?.end()
        await exit
      }),
    )
    for (const name of this.#namespaces) await run('ip', ['netns', 'del', name]).catch(() => '')
  }
}
