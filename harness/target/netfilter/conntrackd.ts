import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ipv4Text, ipv6Text } from '../../flow/address-text.ts'
import type { SyncSharing } from '../../model/setup.ts'
import type { ControlEnds } from '../../observe/live/control-ends.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import type { Lab } from '../lab/lab.ts'
import { folderOf } from '../lab/ownership.ts'
import { SYNC_ADDRESSES, SYNC_LINK } from './routers.ts'

/** Milliseconds within which a daemon must answer, and hosts must have the same sessions. */
const PATIENCE = 20_000
const PAUSE = 20

/** Commits the external cache, empties both, reads the table again, and sends all of it. */
const TAKING_OVER = ['-c', '-f', '-R', '-B']

const MODE = { resend: 'FTFW', none: 'NOTRACK', refresh: 'ALARM' } as const

/** What conntrackd cannot do for a pair of hosts with this sharing, in words for reports; undefined: nothing. */
export function syncLacks(sharing: SyncSharing, hosts: number): string | undefined {
  if (sharing.way !== 'conntrackd') return `sharing sync by ${sharing.way}`
  if (hosts !== 2) return `sharing sync of ${hosts} hosts`
  if (sharing.updates === 'packets') return 'sync of every packet'
  if (sharing.lose > 0) return 'updates that are lost'
  if (sharing.lag > 0 || sharing.pickupDelay > 0) return 'sync with a lag'
  if (sharing.defer) return 'packets that are held until they are synced'
  if (sharing.peerVersion !== 'same') return 'peers of another version'
  if (!sharing.halfOpen || !sharing.http || !sharing.connectionless || sharing.expectations)
    return 'filters of what is synced'
  if (sharing.windows === 'full') return 'sync of sequence numbers'
  return sharing.liberal === false ? 'windows of synced sessions that are checked' : undefined
}

/** The real conntrackd on both hosts of a lab, over a link of their own. */
export class Conntrackd {
  readonly #lab: Lab
  readonly #sharing: SyncSharing
  readonly #controls: ControlTexts
  readonly #pids: number[] = []
  /** Hosts that have taken over: their caches no longer have everything that the other host has. */
  readonly #flushed = new Set<number>()

  /** `ends`: those of controls, which hosts do not share. */
  constructor(lab: Lab, sharing: SyncSharing, ends: ControlEnds) {
    this.#lab = lab
    this.#sharing = sharing
    this.#controls = { ipv4: ends.ipv4.map(textOf), ipv6: ends.ipv6.map(textOf) }
  }

  /** Starts both; resolves once they answer. */
  async start(): Promise<void> {
    await mkdir(folderOf(this.#lab.id), { recursive: true })
    for (const host of [0, 1])
      await writeFile(this.#config(host), configOf(this.#sharing, host, this.#path(host), this.#controls))
    await Promise.all([0, 1].map((host) => this.#begin(host)))
  }

  /** Kills the daemon of a host together with the host, so that it does not tell the other one that its sessions are gone. */
  async kill(host: number): Promise<void> {
    const pid = this.#pids[host] ?? 0
    if (pid > 0)
      await this.#lab.on(host, `kill -9 ${pid}; while kill -0 ${pid} 2>/dev/null; do sleep 0.01; done`)
    this.#pids[host] = 0
  }

  async restart(host: number): Promise<void> {
    if ((this.#pids[host] ?? 0) === 0) await this.#begin(host)
  }

  /**
   * A host takes over: with an external cache, its contents are put into the table, and the other host is then told of the whole
   * table (conntrack-tools doc/sync/primary-backup.sh, primary).
   */
  async takeOver(host: number): Promise<void> {
    if (!this.#sharing.externalCache) return
    for (const step of TAKING_OVER) await this.#ask(host, step)
    this.#flushed.add(host)
  }

  /** Makes both forget all sessions. */
  async forget(): Promise<void> {
    for (const host of [0, 1]) if ((this.#pids[host] ?? 0) > 0) await this.#ask(host, '-f')
    this.#flushed.clear()
  }

  /** Waits until each host has been told of what the other one tracks, up to a limit. */
  async inStep(): Promise<void> {
    if (this.#pids.some((pid) => pid === 0) || this.#sharing.externalCache) {
      // The sessions in caches cannot be listed, so they are counted.
      await this.#cachesInStep()
      return
    }
    for (const end = performance.now() + PATIENCE; performance.now() < end; ) {
      const [a, b] = await Promise.all([0, 1].map((host) => this.#sessions(host)))
      if (a === b) return
      await pause()
    }
  }

  async #cachesInStep(): Promise<void> {
    if (this.#pids.some((pid) => pid === 0)) return
    for (const end = performance.now() + PATIENCE; performance.now() < end; ) {
      const [a = [], b = []] = await Promise.all([0, 1].map((host) => this.#cached(host)))
      const isTold = (from: number[], to: number[], host: number) =>
        this.#flushed.has(host) || from[0] === to[1]
      if (isTold(a, b, 1) && isTold(b, a, 0)) return
      await pause()
    }
  }

  /** The numbers of entries in the internal and in the external cache. */
  async #cached(host: number): Promise<number[]> {
    const text = await this.#ask(host, '-s cache')
    return [...text.matchAll(/current active connections:\s+(\d+)/g)].map(([, count]) => Number(count))
  }

  #isControl(line: string): boolean {
    const { ipv4, ipv6 } = this.#controls
    return [...ipv4, ...ipv6].some((address) => line.includes(`=${address} `))
  }

  async #sessions(host: number): Promise<string> {
    const text = await this.#lab.on(host, 'conntrack -L -o extended 2>/dev/null; true')
    return text
      .split('\n')
      .filter((line) => line !== '' && !this.#isControl(line))
      .map((line) => line.replace(/^(\S+ +\d+ +\S+ +\d+) +\d+ /, '$1 ').replace(/ (use|mark)=\d+/g, ''))
      .sort()
      .join('\n')
  }

  async #begin(host: number): Promise<void> {
    const output = await this.#lab.on(
      host,
      `rm -f ${this.#path(host)}.lock; conntrackd -C ${this.#config(host)} >/dev/null 2>&1 & echo $!`,
    )
    this.#pids[host] = Number(output.trim())
    for (const end = performance.now() + PATIENCE; performance.now() < end; ) {
      const answered = await this.#ask(host, '-s').then(
        () => true,
        () => false,
      )
      if (answered) return
      await pause()
    }
    throw new FlowbreakError(
      'ERR_NETFILTER',
      `conntrackd of host ${host} does not answer: try conntrackd -C ${this.#config(host)}.`,
      {
        exitCode: ExitCode.broken,
      },
    )
  }

  #ask(host: number, what: string): Promise<string> {
    return this.#lab.on(host, `conntrackd -C ${this.#config(host)} ${what}`)
  }

  #path(host: number): string {
    return join(folderOf(this.#lab.id), String(host))
  }

  #config(host: number): string {
    return `${this.#path(host)}.conf`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(folderOf(this.#lab.id), { recursive: true, force: true })
  }
}

/** Addresses of controls as text. */
type ControlTexts = Readonly<Record<'ipv4' | 'ipv6', readonly string[]>>

function textOf(address: Uint8Array): string {
  if (address.length === 4) return ipv4Text(u32(address, 0))
  return ipv6Text(Array.from({ length: 8 }, (_, group) => u16(address, group * 2)))
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE))
}

function configOf(
  { externalCache, repair, windows, resync }: SyncSharing,
  host: number,
  path: string,
  controls: ControlTexts,
): string {
  const cache = repair === 'refresh' ? '' : `DisableExternalCache ${externalCache ? 'Off' : 'On'}`
  return `Sync {
  Mode ${MODE[repair]} {
    ${cache}
    ${resync && repair === 'resend' ? 'StartupResync yes' : ''}
  }
  UDP {
    IPv4_address ${SYNC_ADDRESSES[host]}
    IPv4_Destination_Address ${SYNC_ADDRESSES[1 - host]}
    Port 3780
    Interface ${SYNC_LINK}
    SndSocketBuffer 1249280
    RcvSocketBuffer 1249280
    Checksum on
  }
  Options {
    TCPWindowTracking ${windows === 'none' ? 'Off' : 'On'}
  }
}
General {
  HashSize 32768
  HashLimit 131072
  LogFile off
  Syslog off
  LockFile ${path}.lock
  UNIX { Path ${path}.sock }
  NetlinkBufferSize 2097152
  NetlinkBufferSizeMaxGrowth 8388608
  Filter From Userspace {
    Address Ignore {
      IPv4_address 127.0.0.1
${controls.ipv4.map((address) => `      IPv4_address ${address}\n`).join('')}      IPv4_address ${SYNC_ADDRESSES[0]}
      IPv4_address ${SYNC_ADDRESSES[1]}
${controls.ipv6.map((address) => `      IPv6_address ${address}\n`).join('')}    }
  }
}
`
}
