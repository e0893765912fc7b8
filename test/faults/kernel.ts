import { run } from '../../harness/target/lab/commands.ts'
import { hardwareAddress } from '../../harness/target/lab/names.ts'
import type { Fault } from './matrix.ts'
import { MOMENTS } from './moments.ts'

/** Namespaces of the two hosts of a lab. */
type Hosts = readonly [string, string]

/** Bytes in a second, and at once: what waits behind the first small packet is not sent before anybody has given up. */
const STANDS_STILL = 'root tbf rate 8bit burst 64 limit 1000000'

const BOTH_DOWN = 'ip link set c down; ip link set s down'

/** What is done on both hosts alike, by fault. */
const ALIKE: Readonly<Record<string, string>> = {
  kills: BOTH_DOWN,
  // What the host says itself uses up what may be sent at once.
  freezes: `for side in c s; do tc qdisc replace dev $side ${STANDS_STILL}; done
echo 123456789 > /dev/udp/192.0.0.2/9
echo 123456789 > /dev/udp/192.0.0.6/9`,
  'mutes one direction': `nft 'add table inet mute
add chain inet mute passing { type filter hook forward priority -1; }
add rule inet mute passing iifname s drop'`,
  duplicates: `for side in c s; do nft "add table netdev twice
add chain netdev twice $side { type filter hook egress device $side priority 0; }
add rule netdev twice $side meta mark != 7 meta mark set 7 dup to $side"; done`,
  'forwards everything': 'nft flush ruleset',
  'drops everything but controls': `nft 'flush ruleset
table inet liar {
  chain passing { type filter hook forward priority 0; policy drop; meta l4proto udp accept; }
}'`,
}

/** Swaps the client arms of both hosts; each then reaches what is behind the other's. */
function exchange([first, second]: Hosts): string {
  const set = (host: 0 | 1, namespace: string) => `ip netns exec ${namespace} sh -c '
ip link set c up
ip addr add 192.0.0.1/30 dev c
ip neigh replace 192.0.0.2 lladdr ${hardwareAddress(host === 0 ? 1 : 0, 0, 'outer')} dev c nud permanent
ip route add default via 192.0.0.2 dev c table 101'
`
  return `ip -n ${first} link set c netns ${second} name x
ip -n ${second} link set c netns ${first}
ip -n ${second} link set x name c
${set(0, first)}${set(1, second)}`
}

/** The second host passes whatever the first one knows, both ways, without looking. */
function cached([first, second]: Hosts): string {
  return `ip netns exec ${first} conntrack -L -p tcp 2>/dev/null | sed -n 's/.* src=\\([0-9.]*\\) dst=\\([0-9.]*\\) sport=\\([0-9]*\\) dport=\\([0-9]*\\) src=.*/\\1 \\2 \\3 \\4/p' |
while read client server from to; do
  ip netns exec ${second} nft "insert rule inet flowbreak passing ip saddr $client ip daddr $server tcp sport $from tcp dport $to accept"
  ip netns exec ${second} nft "insert rule inet flowbreak passing ip saddr $server ip daddr $client tcp sport $to tcp dport $from accept"
done`
}

/** Does that to the hosts of a lab, by the kernel's own means. */
export async function strikeKernel(fault: string, hosts: Hosts): Promise<void> {
  const within = (namespace: string, script: string) =>
    run('ip', ['netns', 'exec', namespace, 'bash', '-ec', script])
  const script = ALIKE[fault]
  if (script !== undefined) await Promise.all(hosts.map((host) => within(host, script)))
  else if (fault === 'kills one of two hosts') await within(hosts[1], BOTH_DOWN)
  else if (fault === 'swaps two arms') await run('bash', ['-ec', exchange(hosts)])
  else if (fault === 'answers from a cache') await run('bash', ['-ec', cached(hosts)])
  else throw new Error(`no fault ${fault}`)
}

/** Those that a kernel can have once it has been proved. */
export const KERNEL_FAULTS: readonly Fault[] = [
  { name: 'kills one of two hosts', moments: MOMENTS, told: /controls did not come out/ },
  { name: 'kills', moments: MOMENTS },
  { name: 'freezes', moments: MOMENTS },
  { name: 'mutes one direction', moments: MOMENTS },
  { name: 'swaps two arms', moments: MOMENTS },
  {
    name: 'answers from a cache',
    moments: ['between', 'gap', 'swap'],
    told: /after host-swap\) was to be drop by fw-b, and was forward/,
  },
  { name: 'duplicates', moments: MOMENTS, harmless: true },
  {
    name: 'forwards everything',
    moments: ['before', 'between', 'gap', 'swap'],
    told: /was to be drop by fw-b, and was forward/,
  },
  { name: 'drops everything but controls', moments: MOMENTS },
]

export const KERNEL_WITHOUT: readonly (readonly [string, string])[] = [
  ['answers from a cache (before, after)', 'nothing has been seen yet, or nothing is asked any more'],
  ['forwards everything (after)', 'nothing is asked any more'],
  [
    'delays beyond the marker',
    'queues that hold single packets back (netem) are no part of every kernel; target geneve has it over the same driver',
  ],
]
