import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Readable, Writable } from 'node:stream'
import { ExitCode, FlowbreakError } from '../../../support/errors.ts'
import { FrameColumns } from '../frames.ts'
import type { Port, PortStats } from '../port.ts'
import { ETHERNET, EtherType, headerOf, type PcapArm, TAG } from './arms.ts'
import type { ChildOptions } from './child.ts'
import { CHILD } from './child-path.ts'
import { eachFrame, encodeFrames, encodeText, type LinkHeaders, Message, MessageReader } from './messages.ts'

export interface PcapPortOptions {
  readonly arms: readonly PcapArm[]
  /** Network namespace of the interfaces; absent: this process's own. */
  readonly namespace?: string
  readonly mtu: number
  /** Bytes of each interface's ring; absent: 16 MiB. */
  readonly ring?: number
  /** Interfaces are opened once this has resolved; the process that opens them is started earlier. Absent: at once. */
  readonly up?: Promise<unknown>
}

const RING = 16 << 20
/** Milliseconds that a child may take to end by itself. */
const PATIENCE = 2000

/** A port that sends and hears at Ethernet interfaces through node-pcap, in a child process of its own. */
export class PcapPort implements Port {
  readonly largest: number
  readonly #child: ChildProcess
  readonly #input: Writable
  readonly #headers: readonly LinkHeaders[]
  readonly #heard = new FrameColumns()
  readonly #asked: {
    readonly resolve: (stats: PortStats) => void
    readonly reject: (error: Error) => void
  }[] = []
  #ready: (() => void) | undefined
  #take: (frames: FrameColumns) => void = () => undefined
  #fail: (error: Error) => void = () => undefined
  #failed: Error | undefined
  #complaints = ''
  #closing = false
  #drained: () => void = () => undefined

  private constructor(options: PcapPortOptions, child: ChildProcess) {
    this.largest = options.mtu
    this.#child = child
    this.#input = child.stdio[3] as Writable
    this.#headers = options.arms.map((arm) => ({
      ipv4: headerOf(arm, EtherType.ipv4),
      ipv6: headerOf(arm, EtherType.ipv6),
    }))
    const reader = new MessageReader((kind, body) => this.#message(kind, body))
    const output = child.stdio[4] as Readable
    output.on('data', (chunk: Buffer) => reader.push(chunk))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000)
    })
    this.#input.on('drain', () => this.#drained())
    // A failed write to a child that has ended is reported by its exit event.
    this.#input.on('error', () => undefined)
    child.on('error', (error) => this.#broke(error.message))
    child.on('exit', () => this.#broke(this.#complaints.trim().split('\n').pop() || 'it ended'))
  }

  /** Opens the interfaces. Throws ERR_NODE_PCAP if node-pcap is missing, ERR_PORT if an interface cannot be opened. */
  static async open(options: PcapPortOptions): Promise<PcapPort> {
    checkNodePcap()
    const told: ChildOptions = {
      arms: options.arms,
      // One more, so that a frame that is too large can be recognised.
      snapLength: options.mtu + ETHERNET + TAG + 1,
      largest: options.mtu,
      ring: options.ring ?? RING,
    }
    const node = [process.execPath, CHILD, JSON.stringify(told)]
    const [program = '', ...args] =
      options.namespace === undefined ? node : ['ip', 'netns', 'exec', options.namespace, ...node]
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] })
    const port = new PcapPort(options, child)
    try {
      await options.up
      await new Promise<void>((resolve, reject) => {
        port.#ready = resolve
        port.#fail = reject
        if (port.#failed !== undefined) reject(port.#failed)
        port.#input.write(encodeText(Message.open, ''))
      })
    } catch (thrown) {
      await port[Symbol.asyncDispose]()
      throw thrown
    }
    return port
  }

  async send(frames: FrameColumns, from: number, to: number): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed
    if (to === from) return
    if (!this.#input.write(encodeFrames(frames, from, to, this.#headers)) && this.#failed === undefined)
      await new Promise<void>((resolve) => {
        const others = this.#drained
        this.#drained = () => {
          others()
          resolve()
        }
      })
  }

  listen(heard: (frames: FrameColumns) => void, failed: (error: Error) => void): void {
    this.#take = heard
    this.#fail = failed
    if (this.#failed !== undefined) failed(this.#failed)
  }

  async stats(): Promise<PortStats> {
    if (this.#failed !== undefined) throw this.#failed
    this.#input.write(encodeText(Message.stats, ''))
    return new Promise((resolve, reject) => this.#asked.push({ resolve, reject }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined)
      return
    const ended = once(this.#child, 'exit')
    this.#input.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE)
    await ended
    clearTimeout(timer)
  }

  #message(kind: number, body: Buffer): void {
    if (kind === Message.ready) this.#ready?.()
    else if (kind === Message.failed) this.#broke(body.toString())
    else if (kind === Message.stats) this.#asked.shift()?.resolve(JSON.parse(body.toString()) as PortStats)
    else {
      const heard = this.#heard
      heard.clear()
      eachFrame(body, (arm, from, to, time) => heard.append(arm, time, body, from, to))
      this.#take(heard)
    }
  }

  #broke(why: string): void {
    this.#drained()
    if (this.#closing || this.#failed !== undefined) return
    const message = `Frames can no longer be sent and heard, since the process that does so failed: ${why}.`
    this.#failed = new FlowbreakError('ERR_PORT', message, { exitCode: ExitCode.broken })
    for (const { reject } of this.#asked.splice(0)) reject(this.#failed)
    this.#fail(this.#failed)
  }
}

/** Throws ERR_NODE_PCAP with the command to type. */
export function checkNodePcap(): void {
  try {
    createRequire(import.meta.url).resolve('node-pcap/build/Release/pcap_binding.node')
  } catch {
    throw new FlowbreakError(
      'ERR_NODE_PCAP',
      'Frames are sent and heard by node-pcap, which is not built here: apt-get install libpcap-dev g++ make python3 && npm rebuild node-pcap.',
      { exitCode: ExitCode.broken },
    )
  }
}
