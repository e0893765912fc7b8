import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $, type ProcessPromise, type Shell } from 'zx/core'
import { ADDRESSES, CLIENT_PORT, type Family, MACS } from './addresses.ts'

export type Side = 'client' | 'router' | 'server'

/** `direct`: client and server on one link. `routed`: a router between two links. */
export type LabShape = 'direct' | 'routed'

/** No recording takes a third of it: what runs longer hangs. */
const LIMIT = '60s'

const LIVE = new Set<Lab>()
let opened = 0

process.on('exit', () => {
  for (const lab of LIVE) lab[Symbol.dispose]()
})

/**
 * Two or three network namespaces with the fixed addresses, offloads off and neighbours permanent, so that nothing but
 * the conversation crosses the link, and a folder for its servers' files. Disposing it, or leaving the process by any
 * road but SIGKILL, ends what runs inside and removes everything.
 */
export class Lab implements Disposable {
  readonly family: Family
  readonly shape: LabShape
  /** Readable by any user: some servers give up root. */
  readonly dir = mkdtempSync(join(tmpdir(), 'flowbreak-record-'))
  readonly client: string
  readonly server: string
  readonly #id = `fb-${process.pid}-${++opened}`

  private constructor(family: Family, shape: LabShape) {
    this.family = family
    this.shape = shape
    this.client = ADDRESSES[family].client
    this.server = ADDRESSES[family].server
    chmodSync(this.dir, 0o755)
    LIVE.add(this)
  }

  static async open(family: Family, shape: LabShape): Promise<Lab> {
    const lab = new Lab(family, shape)
    try {
      await lab.#build()
    } catch (error) {
      lab[Symbol.dispose]()
      throw error
    }
    return lab
  }

  /** A shell in the namespace of `side`, with an environment that holds nothing of the machine's. */
  in(side: Side): Shell {
    const env = { PATH: process.env.PATH, HOME: this.dir, LANG: 'C', TZ: 'UTC' }
    return $({
      prefix: `exec ip netns exec ${this.#namespace(side)} `,
      env,
      cwd: this.dir,
      quiet: true,
      timeout: LIMIT,
    })
  }

  /** Returns once `service`, started in the server's namespace, listens on `port`, of a raw socket its protocol; throws with its words if it ends before. */
  async listen(protocol: 'tcp' | 'udp' | 'raw', port: number, service: ProcessPromise): Promise<void> {
    const running = service.nothrow()
    const kind = { tcp: '-tl', udp: '-ul', raw: '-wl' }[protocol]
    for (let tries = 0; tries < 100; tries++) {
      const sockets = await this.in('server')`ss -Hn ${kind} sport = :${port}`
      if (sockets.stdout.trim() !== '') return
      if (running.stage !== 'running') break
      await sleep(100)
    }
    if (running.stage === 'running') await running.kill()
    throw new Error(`The server did not listen on ${protocol} port ${port}: ${(await running).stdall.trim()}`)
  }

  /** The address of the server as it stands in a URL. */
  get host(): string {
    return this.family === 'ipv6' ? `[${this.server}]` : this.server
  }

  // Synchronous, because an exit handler cannot wait for anything else.
  [Symbol.dispose](): void {
    if (!LIVE.delete(this)) return
    const namespaces = this.#sides().map((side) => this.#namespace(side))
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      for (let tries = 0; tries < 30; tries++) {
        const pids = namespaces.flatMap(processesIn)
        if (pids.length === 0) break
        if (tries === 0) for (const pid of pids) end(pid, signal)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      }
    }
    for (const name of namespaces) spawnSync('ip', ['netns', 'del', name])
    rmSync(this.dir, { recursive: true, force: true })
  }

  #namespace(side: Side): string {
    return `${this.#id}-${side}`
  }

  #sides(): Side[] {
    return this.shape === 'routed' ? ['client', 'router', 'server'] : ['client', 'server']
  }

  async #build(): Promise<void> {
    for (const side of this.#sides()) await this.#addNamespace(side)
    const [c, s] = [this.#namespace('client'), this.#namespace('server')]
    if (this.shape === 'routed') {
      const r = this.#namespace('router')
      await this.#addLink([c, 'c0', MACS.client], [r, 'r0', MACS.router[0]])
      await this.#addLink([r, 'r1', MACS.router[1]], [s, 's0', MACS.server])
    } else {
      await this.#addLink([c, 'c0', MACS.client], [s, 's0', MACS.server])
    }
    for (const family of ['ipv4', 'ipv6'] as const) await this.#address(family)
  }

  async #addNamespace(side: Side): Promise<void> {
    await $({ quiet: true })`ip netns add ${this.#namespace(side)}`
    const shell = this.in(side)
    for (const scope of ['all', 'default']) {
      await shell`sysctl -qw net.ipv6.conf.${scope}.accept_dad=0 net.ipv6.conf.${scope}.accept_ra=0 net.ipv6.conf.${scope}.addr_gen_mode=1`
    }
    const ports = `${CLIENT_PORT} ${CLIENT_PORT}`
    await shell`sysctl -qw net.ipv4.ip_local_port_range=${ports}`
    if (side === 'router') await shell`sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1`
    await shell`ip link set lo up`
  }

  async #addLink(
    left: readonly [string, string, string],
    right: readonly [string, string, string],
  ): Promise<void> {
    const quiet = $({ quiet: true })
    await quiet`ip link add ${left[1]} netns ${left[0]} address ${left[2]} type veth peer name ${right[1]} netns ${right[0]} address ${right[2]}`
    for (const [namespace, name] of [left, right]) {
      await quiet`ip netns exec ${namespace} ethtool -K ${name} tso off gso off gro off tx off rx off txvlan off rxvlan off`
      await quiet`ip -n ${namespace} link set ${name} mtu 1500 up`
    }
  }

  async #address(family: Family): Promise<void> {
    const { client, router, server } = ADDRESSES[family]
    const routed = this.shape === 'routed'
    const [c, s] = [this.in('client'), this.in('server')]
    await this.#place(c, family, client, 'c0')
    await this.#place(s, family, server, 's0')
    await reach(c, server, 'c0', routed ? MACS.router[0] : MACS.server, routed ? router[0] : undefined)
    await reach(s, client, 's0', routed ? MACS.router[1] : MACS.client, routed ? router[1] : undefined)
    if (!routed) return
    const r = this.in('router')
    await this.#place(r, family, router[0], 'r0')
    await this.#place(r, family, router[1], 'r1')
    await r`ip neigh add ${client} lladdr ${MACS.client} dev r0 nud permanent`
    await r`ip neigh add ${server} lladdr ${MACS.server} dev r1 nud permanent`
  }

  async #place(shell: Shell, family: Family, address: string, device: string): Promise<void> {
    await shell`ip addr add ${address}/${ADDRESSES[family].bits} dev ${device} ${family === 'ipv6' ? ['nodad'] : []}`
  }
}

/** Routes `to` over `device`, to the neighbour with this MAC: the next hop where one is given, else `to` itself. */
async function reach(shell: Shell, to: string, device: string, mac: string, via?: string): Promise<void> {
  await shell`ip neigh add ${via ?? to} lladdr ${mac} dev ${device} nud permanent`
  await shell`ip route add ${to} ${via === undefined ? [] : ['via', via]} dev ${device}`
}

function processesIn(namespace: string): number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended between being listed and being told to.
  }
}

/** Waits `milliseconds`: a conversation's silences are real ones. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
