import type { Socket } from 'node:dgram'
import { PacketBatch } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import { FrameColumns } from '../../observe/live/frames.ts'
import { monotonicNow, type Port, type PortStats } from '../../observe/live/port.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { findMarks, noMarks } from '../../wire/tunnel/gateway-marks.ts'
import { checkGeneve } from '../../wire/tunnel/geneve-header.ts'
import { GatewayFlows } from './flows.ts'
import { HEADER_BYTES, putHeader, TIMED_HEADER_BYTES } from './header.ts'
import type { Address } from './options.ts'
import { takeBack } from './returned.ts'
import { openSocket } from './sockets.ts'

export interface GenevePortOptions {
  readonly hosts: readonly Address[]
  /** The load balancer's own address. */
  readonly listen: string
  /** By host: where it returns packets to. */
  readonly returns: readonly ('gateway' | 'sender')[]
  readonly mtu: number
  /** Whether hosts are told the time with each packet. */
  readonly tellsTime?: boolean
}

/** Source ports of the load balancer; a real one has thousands, but that makes no difference to appliances. */
const SOURCES = 16

/**
 * The load balancer's end of the tunnels to hosts: packets go out in GENEVE with the cookie and the source port of their flow, and
 * come back by the arm of their host that their ends indicate. Packets not returned as a gateway load balancer requires are refused.
 */
export class GenevePort implements Port {
  readonly largest: number
  readonly #options: GenevePortOptions
  readonly #sources: readonly Socket[]
  /** Sockets at the load balancer's own GENEVE ports. */
  readonly #gateways: readonly Socket[]
  readonly #sourcePorts: readonly number[]
  readonly #flows = new GatewayFlows(SOURCES, Math.floor(Math.random() * 2 ** 32))
  readonly #going = new PacketBatch(4096, 0)
  readonly #coming = new PacketBatch(1, 0)
  readonly #places = noMarks()
  readonly #columns = new FrameColumns()
  #heard: (frames: FrameColumns) => void = () => undefined
  #scheduled = false
  #closed = false
  #count = 0
  /** The time that hosts were last told. */
  #time = 0
  #foreign = 0

  private constructor(options: GenevePortOptions, sources: readonly Socket[], gateways: readonly Socket[]) {
    this.#options = options
    this.largest = options.mtu
    this.#sources = sources
    this.#gateways = gateways
    this.#sourcePorts = sources.map((socket) => socket.address().port)
  }

  /** Throws ERR_PORT if the load balancer's ports are not available. */
  static async open(options: GenevePortOptions): Promise<GenevePort> {
    const { hosts, listen, returns } = options
    const opened: Socket[] = []
    const open = async (port: number) => {
      const socket = await openSocket(listen, port)
      opened.push(socket)
      return socket
    }
    try {
      const ports = new Set(hosts.filter((_, host) => returns[host] === 'gateway').map(({ port }) => port))
      const gateways: Socket[] = []
      for (const port of ports) gateways.push(await open(port))
      const sources: Socket[] = []
      while (sources.length < SOURCES) sources.push(await open(0))
      return new GenevePort(options, sources, gateways)
    } catch (thrown) {
      for (const socket of opened) socket.close()
      throw thrown
    }
  }

  listen(heard: (frames: FrameColumns) => void, failed: (error: Error) => void): void {
    this.#heard = heard
    for (const [number, socket] of this.#sources.entries())
      socket.on('message', (payload, { address, port }) => {
        const host = this.#options.hosts.findIndex((each) => each.address === address && each.port === port)
        this.#take(payload, host, number, this.#options.returns[host] === 'sender')
      })
    for (const socket of this.#gateways)
      socket.on('message', (payload, { address, port }) => {
        const host = this.#options.hosts.findIndex((each) => each.address === address)
        this.#take(payload, host, this.#sourcePorts.indexOf(port), this.#options.returns[host] === 'gateway')
      })
    for (const socket of [...this.#sources, ...this.#gateways]) socket.on('error', failed)
  }

  async send(frames: FrameColumns, from: number, to: number): Promise<void> {
    const batch = this.#going
    for (let first = from; first < to; first += batch.capacity) {
      const last = Math.min(to, first + batch.capacity)
      readInto(batch, frames, first, last)
      await this.#sendAll(frames, first, last)
    }
  }

  async stats(): Promise<PortStats> {
    return { heard: this.#count, missed: 0, foreign: this.#foreign }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const socket of [...this.#sources, ...this.#gateways]) socket.close()
  }

  #sendAll(frames: FrameColumns, from: number, to: number): Promise<void> {
    const { tellsTime = false } = this.#options
    const header = tellsTime ? TIMED_HEADER_BYTES : HEADER_BYTES
    let bytes = 0
    for (let n = from; n < to; n++) bytes += header + (frames.length[n] ?? 0)
    const payloads = new Uint8Array(bytes)
    return new Promise((resolve, reject) => {
      let left = to - from
      const sent = (error: Error | null) => {
        if (error !== null) reject(unsent(error))
        else if (--left === 0) resolve()
      }
      let at = 0
      for (let n = from; n < to; n++) {
        const arm = frames.arm[n] ?? 0
        const host = this.#options.hosts[arm >> 1]
        const flow = this.#flows.of(this.#going, n - from, arm & 1)
        const inner = frames.frame(n)
        // A frame that belongs to no timeline gets the time of the latest one that does.
        this.#time = frames.time[n] || this.#time
        putHeader(payloads, at, isIpv6(inner, 0), flow.cookie, tellsTime ? this.#time : undefined)
        payloads.set(inner, at + header)
        const end = at + header + inner.length
        this.#sources[flow.socket]?.send(
          payloads.subarray(at, end),
          host?.port ?? 0,
          host?.address ?? '',
          sent,
        )
        at = end
      }
    })
  }

  /** Takes a datagram from a host (-1: from none). */
  #take(payload: Uint8Array, host: number, socket: number, rightWay: boolean): void {
    const places = this.#places
    const end = payload.length
    if (host < 0 || checkGeneve(payload, 0, end) !== undefined) {
      this.#foreign++
      return
    }
    // A datagram without marks is its host's fault, and not another's datagram.
    findMarks(payload, 0, end, places)
    const columns = this.#columns
    const n = columns.append(host * 2, monotonicNow(), payload, places.inner, end)
    const coming = this.#coming
    readInto(coming, columns, n, n + 1)
    if ((coming.l3[0] ?? -1) < 0) {
      this.#foreign++
      columns.count--
      columns.used -= columns.length[n] ?? 0
      return
    }
    const { side, refused } = takeBack(this.#flows, coming, 0, { payload, places, socket, rightWay })
    columns.arm[n] = host * 2 + side
    columns.refused[n] = refused
    this.#count++
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#handOn)
  }

  readonly #handOn = (): void => {
    this.#scheduled = false
    if (this.#closed) return
    this.#heard(this.#columns)
    this.#columns.clear()
  }
}

/** Makes frames[from, to) packets 0 … of a batch, which shares their bytes. */
function readInto(batch: PacketBatch, frames: FrameColumns, from: number, to: number): void {
  batch.bytes = frames.bytes
  batch.view = new DataView(frames.bytes.buffer, frames.bytes.byteOffset, frames.bytes.byteLength)
  batch.count = to - from
  for (let i = 0; i < batch.count; i++) {
    const length = frames.length[from + i] ?? 0
    batch.start[i] = frames.start[from + i] ?? 0
    batch.captured[i] = length
    batch.original[i] = length
    batch.link[i] = Link.raw
  }
  decodeBatch(batch)
}

function unsent(error: Error): FlowbreakError {
  return new FlowbreakError(
    'ERR_PORT',
    `A datagram to an appliance could not be sent (${messageOf(error)}): check hosts, and that mtu fits the path to them.`,
    { exitCode: ExitCode.broken, cause: error },
  )
}
