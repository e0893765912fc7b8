import { randomBytes } from 'node:crypto'
import { run, together, withInput } from './commands.ts'
import { hardwareAddress, hostNamespace, outerNamespace, SIDES } from './names.ts'
import { disown, own, removeNamespaces } from './ownership.ts'
import { NamespaceShell } from './shell.ts'

/** The plan of a lab. */
export interface LabPlan {
  readonly hosts: number
  /** Bytes of the largest IP packet on its links. */
  readonly mtu: number
  /** Names of the links of each host; absent: one to its clients' side, and one to its servers' side. */
  readonly links?: readonly string[]
  /** Name of a link between its two hosts; absent: there is none. */
  readonly between?: string | undefined
  /** A script that turns its namespace into a host. */
  readonly inside: (host: number) => string
  /** Called once namespaces and links exist, while hosts are being configured; `up`: resolves when the outer ends are up too. */
  readonly beside?: ((lab: Lab, up: Promise<unknown>) => Promise<void>) | undefined
}

/** Network namespaces: one for each host, and one with the outer ends of their links. */
export class Lab implements AsyncDisposable {
  readonly hosts: number
  readonly id: string
  readonly #shells: NamespaceShell[] = []

  private constructor(id: string, hosts: number) {
    this.id = id
    this.hosts = hosts
  }

  /** Makes a lab; if that fails, what was made so far is removed. Throws ERR_LAB. */
  static async open(plan: LabPlan): Promise<Lab> {
    const lab = new Lab(randomBytes(4).toString('hex'), plan.hosts)
    await own(lab.id)
    try {
      await lab.#build(plan)
    } catch (thrown) {
      await lab[Symbol.asyncDispose]()
      throw thrown
    }
    return lab
  }

  /** Runs a script on one host. Throws ERR_LAB if a command fails. */
  async on(host: number, script: string): Promise<string> {
    return (await this.#shells[host]?.run(script)) ?? ''
  }

  /** Runs a script on all hosts at once. */
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

  async #build({ mtu, links = SIDES, between, inside, beside }: LabPlan): Promise<void> {
    const hosts = Array.from({ length: this.hosts }, (_, host) => host)
    const pairs = hosts.flatMap((host) =>
      links.map((link, side) => {
        const near = `name ${link}${host} netns ${this.outer} mtu ${mtu} address ${hardwareAddress(host, side, 'outer')}`
        const far = `name ${link} netns ${this.host(host)} mtu ${mtu} address ${hardwareAddress(host, side, 'host')}`
        return `link add ${near} type veth peer ${far}`
      }),
    )
    const names = [this.outer, ...hosts.map((host) => this.host(host))]
    await run(
      'ip',
      ['-batch', '-'],
      [...names.map((name) => `netns add ${name}`), ...pairs, ...this.#between(between), ''].join('\n'),
    )
    await using outer = new NamespaceShell(this.outer)
    this.#shells.push(...hosts.map((host) => new NamespaceShell(this.host(host))))
    const devices = hosts.flatMap((host) => links.map((link) => `${link}${host}`))
    const ends = outer.run(quiet(devices))
    await Promise.all([
      ends,
      beside?.(this, ends),
      ends.then(() => outer.run(together(devices.map(withoutOffloads)))),
      ...hosts.map((host) => this.on(host, inside(host))),
    ])
  }

  #between(name: string | undefined): readonly string[] {
    const end = (host: number) => `name ${name} netns ${this.host(host)}`
    return name === undefined ? [] : [`link add ${end(0)} type veth peer ${end(1)}`]
  }
}

/** A script that sets up ends of links on which the kernel answers nothing. */
export function quiet(devices: readonly string[]): string {
  const silence = devices.map((device) => `echo 1 > /proc/sys/net/ipv6/conf/${device}/disable_ipv6\n`)
  const lines = devices.map((device) => `link set ${device} up`)
  return silence.join('') + withInput('ip -batch -', lines.join('\n'))
}

/** A script that turns offloads off, so that segments and checksums at a device are as they were sent. */
export function withoutOffloads(device: string): string {
  return `ethtool -K ${device} tx off rx off gso off tso off gro off >/dev/null 2>&1\n`
}
