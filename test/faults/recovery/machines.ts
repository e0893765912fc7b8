import { spawnSync } from 'node:child_process'
import type { StartOptions } from './rig.ts'

/** Below 198.18.0.0/15 of RFC 2544, as all that is made up here. */
const NETWORK = '198.19.77'
const UPLINK = 'uplink'

/** Namespaces round one in which something listens, each with a link to that one, which can be taken down and up. */
export class CutMachines implements Disposable {
  /** Where all of them reach what listens. */
  readonly host = `${NETWORK}.1`
  /** The command that it is run by, and what has a Redis listen there. */
  readonly within: readonly string[]
  readonly args = ['--bind', '0.0.0.0', '--protected-mode', 'no'] as const
  readonly #prefix = `fbqueue${process.pid}`
  readonly #middle = `${this.#prefix}-m`
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
    this.within = ['ip', 'netns', 'exec', this.#middle]
    try {
      this.#make()
    } catch (thrown) {
      this[Symbol.dispose]()
      throw thrown
    }
  }

  /** What has something run on the machine of that name. */
  on(name: string): StartOptions {
    return { within: ['ip', 'netns', 'exec', this.#space(name)] }
  }

  cut(name: string): void {
    this.#ip('-n', this.#middle, 'link', 'set', this.#link(name), 'down')
  }

  mend(name: string): void {
    this.#ip('-n', this.#middle, 'link', 'set', this.#link(name), 'up')
    this.#route(name)
  }

  [Symbol.dispose](): void {
    for (const space of [this.#middle, ...this.#names.map((name) => this.#space(name))])
      spawnSync('ip', ['netns', 'del', space])
  }

  #make(): void {
    this.#ip('netns', 'add', this.#middle)
    this.#ip('-n', this.#middle, 'addr', 'add', `${this.host}/32`, 'dev', 'lo')
    this.#ip('-n', this.#middle, 'link', 'set', 'lo', 'up')
    for (const name of this.#names) {
      const space = this.#space(name)
      this.#ip('netns', 'add', space)
      const peer = ['peer', 'name', UPLINK, 'netns', space]
      this.#ip('-n', this.#middle, 'link', 'add', this.#link(name), 'type', 'veth', ...peer)
      this.#ip('-n', space, 'addr', 'add', `${this.#address(name)}/32`, 'dev', UPLINK)
      for (const device of ['lo', UPLINK]) this.#ip('-n', space, 'link', 'set', device, 'up')
      this.#ip('-n', space, 'route', 'add', this.host, 'dev', UPLINK)
      this.mend(name)
    }
  }

  /** Routes go with a link that is taken down. */
  #route(name: string): void {
    this.#ip('-n', this.#middle, 'route', 'replace', this.#address(name), 'dev', this.#link(name))
  }

  #space(name: string): string {
    return `${this.#prefix}-${name}`
  }

  #link(name: string): string {
    return `to-${name}`
  }

  #address(name: string): string {
    return `${NETWORK}.${this.#names.indexOf(name) + 2}`
  }

  #ip(...args: string[]): void {
    const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
  }
}
