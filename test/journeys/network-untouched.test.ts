import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { needsRoot } from '../../harness/engine/conntrack/oracle-kernel.test.ts'
import { firewalls, hostsOf } from '../../harness/target/inline/example-device.test.ts'
import type { Lab } from '../../harness/target/lab/lab.ts'
import { MAIN, ROOT } from './command.ts'

const suiteOf = (profile: string) => `suite: untouched
title: For tests
setup: { profile: ${profile}, hosts: 2 }
cases:
  - name: midstream
    requirement: A connection that the host has not seen open meets the policy.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-ipv4.pcap
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: drop }
`

/** What a machine has besides: whatever leaves by it is counted, by the kernel and by rules. */
const NETWORK = `ip link set lo up
ip addr add 2001:db8::1/128 dev lo nodad
ip link add lan type veth peer name far
for end in lan far; do echo 1 > /proc/sys/net/ipv6/conf/$end/disable_ipv6; done
ip link set far up
ip addr add 192.0.2.1/24 dev lan
ip link set lan up
ip neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 dev lan nud permanent
ip route add default via 192.0.2.9 dev lan
ip route add 198.51.100.0/24 via 192.0.2.9 dev lan table 77
ip rule add from 192.0.2.0/24 lookup 77 pref 700
nft 'table inet own {
  chain leaving { type filter hook output priority 0; policy accept; oifname "lan" counter; }
  chain passing { type filter hook forward priority 0; policy accept; counter; }
}'
while ip -oneline link show up | grep -q NO-CARRIER; do sleep 0.05; done
`
/** All of that: with the counters of links that nobody has named, and without those of ones that were. */
const STATE = `ip -json -details address
ip -json -statistics link show dev lan
for family in -4 -6; do ip $family -json route show table all; ip $family -json rule; ip $family -json neigh; done
nft --json list ruleset
grep -r --exclude=stable_secret '' /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/ipv4/ip_forward
`

describe('journeys: the network of whoever runs it', function () {
  this.timeout(300_000)
  const own = `untouched-${process.pid}`
  let folder = ''
  let lab: Lab | undefined
  before(needsRoot)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    execFileSync('ip', ['netns', 'add', own])
  })
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    execFileSync('ip', ['netns', 'del', own])
    await lab?.[Symbol.asyncDispose]()
    lab = undefined
  })

  it('is left alone by netfilter', async () => {
    expect(await changes(own, { kind: 'netfilter' }, 'linux-conntrack')).to.deep.equal([])
  })

  it('is left alone by suricata-live', async () => {
    expect(await changes(own, { kind: 'suricata-live' }, 'suricata-7')).to.deep.equal([])
  })

  it('is left alone by inline, but for the interfaces that are named, at which it sends and listens', async () => {
    lab = await firewalls('drop')
    const hosts = hostsOf(lab)
    const named = hosts.flatMap(({ client, server }) => [client.interface, server.interface])
    const target = { kind: 'inline', profile: 'linux-conntrack', scale: 5, hosts }
    const told = await changes(lab.outer, target, 'linux-conntrack')
    // Whoever listens to all frames of an interface is told of, and changes nothing of it.
    const listening = new RegExp(`^\\d+: (${named.join('|')})@if\\d+: <BROADCAST,MULTICAST,UP,LOWER_UP> `)
    expect(told.filter((line) => !listening.test(line))).to.deep.equal([])
  })

  it('is seen to be touched where it is', async () => {
    const touch =
      'ip addr add 192.0.2.2/24 dev lan; ip addr del 192.0.2.2/24 dev lan; nft add table ip more; nft delete table ip more'
    inside(own, NETWORK)
    const told = await watched(own, async () => void inside(own, touch))
    expect(told.filter((line) => line.includes('192.0.2.2/24'))).to.have.lengthOf.at.least(2)
    expect(told.filter((line) => line.includes('table ip more'))).to.have.lengthOf(2)
  })

  /** What changes in the network of a namespace while a run plays in it, in words; it must come to what the suite expects. */
  async function changes(namespace: string, target: object, profile: string): Promise<readonly string[]> {
    writeFileSync(join(folder, 'suite.yaml'), suiteOf(profile))
    writeFileSync(join(folder, 'flowbreak.config.json'), JSON.stringify({ targets: { it: target } }))
    inside(namespace, NETWORK)
    const before = inside(namespace, STATE)
    const told = await watched(namespace, async () => {
      const command = [process.execPath, MAIN, 'run', 'suite.yaml', '--target', 'it', '--output', 'runs']
      // With what `/sys` has of this namespace.
      const child = spawn('ip', ['netns', 'exec', namespace, ...command], { cwd: folder })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
      const status = await new Promise((resolve) => child.on('close', resolve))
      expect(status, said).to.equal(0)
    })
    expect(inside(namespace, STATE)).to.equal(before)
    return told
  }
})

/** Runs a script in a network namespace, as one that is entered and not made: only the network is another. */
function inside(namespace: string, script: string): string {
  return execFileSync('nsenter', [`--net=/run/netns/${namespace}`, 'sh', '-ec', script], { encoding: 'utf8' })
}

/** What the kernel tells of links, addresses, routes, rules, neighbours and nftables of a namespace during some work. */
async function watched(namespace: string, work: () => Promise<void>): Promise<readonly string[]> {
  const monitors = [
    new Monitor(namespace, ['ip', '-oneline', 'monitor', 'link', 'address', 'route', 'rule', 'neigh'], {
      mark: (name) => `ip rule add pref 9 lookup ${name}; ip rule del pref 9`,
      shows: (name) => `lookup ${name}`,
    }),
    new Monitor(namespace, ['nft', 'monitor'], {
      mark: (name) => `nft add table arp mark${name}; nft delete table arp mark${name}`,
      shows: (name) => `delete table arp mark${name}`,
    }),
  ]
  try {
    for (const monitor of monitors) await monitor.sees('1001')
    await work()
    for (const monitor of monitors) await monitor.sees('1002')
    return monitors.flatMap((monitor) => monitor.between)
  } finally {
    for (const monitor of monitors) monitor.end()
  }
}

interface Marks {
  /** A script that changes something which is called so. */
  readonly mark: (name: string) => string
  /** What tells that it did, last. */
  readonly shows: (name: string) => string
}

/** A program that tells of changes as they happen. */
class Monitor {
  readonly #namespace: string
  readonly #marks: Marks
  readonly #child: ChildProcess
  #told = ''

  constructor(namespace: string, command: readonly string[], marks: Marks) {
    this.#namespace = namespace
    this.#marks = marks
    // Through a pipe it tells of what it has seen only once it has seen much.
    this.#child = spawn('nsenter', [`--net=/run/netns/${namespace}`, 'stdbuf', '-oL', ...command])
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#told += text
    })
  }

  /** Waits until it tells of what is changed now. */
  async sees(name: string): Promise<void> {
    for (let tries = 0; !this.#told.includes(this.#marks.shows(name)); tries++) {
      if (tries > 100) throw new Error(`nothing is told of ${name}: ${this.#told}`)
      inside(this.#namespace, this.#marks.mark(name))
      await setTimeout(50)
    }
    await setTimeout(100)
  }

  /** What it told of beside the changes that are looked for themselves. */
  get between(): readonly string[] {
    const own = ['1001', '1002']
    return this.#told
      .split('\n')
      .filter(
        (line) =>
          line !== '' && !line.startsWith('# new generation') && !own.some((name) => line.includes(name)),
      )
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}
