import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import type { PcapSession } from 'node-pcap'
import { messageOf } from '../../../support/errors.ts'
import { FrameColumns } from '../frames.ts'
import { monotonicNow } from '../port.ts'
import { ArmFinder, bodyOf, EtherType, type PcapArm } from './arms.ts'
import { eachFrame, encodeFrames, encodeText, Message, MessageReader } from './messages.ts'
import { advertisement, arpReply } from './neighbours.ts'

/** The options of the process, JSON on its command line. */
export interface ChildOptions {
  readonly arms: readonly PcapArm[]
  readonly snapLength: number
  /** Bytes of the largest datagram that may be heard. */
  readonly largest: number
  /** Bytes of each interface's ring in the kernel. */
  readonly ring: number
}

type NodePcap = typeof import('node-pcap')

/** Frames that are passed on at a time. */
const BATCH = 256
/** File descriptors of the pipes: frames to be sent, and frames heard. */
const IN = 3
const OUT = 4

/** Sends and hears frames at interfaces, for a port in another process: node-pcap cannot run in two threads, and closes only by ending. */
class Interfaces {
  readonly #options: ChildOptions
  readonly #pcap: NodePcap
  readonly #output: Socket
  readonly #finder: ArmFinder
  readonly #opened = new Map<string, PcapSession>()
  readonly #heard = new FrameColumns()
  /** By arm. */
  #sessions: readonly PcapSession[] = []
  #foreign = 0
  #total = 0
  #isScheduled = false

  constructor(options: ChildOptions, pcap: NodePcap, output: Socket) {
    this.#options = options
    this.#pcap = pcap
    this.#output = output
    this.#finder = new ArmFinder(options.arms)
  }

  /** Does what a message asks for. */
  take(kind: number, body: Buffer): void {
    try {
      if (kind === Message.frames)
        eachFrame(body, (arm, from, to) => this.#sessions[arm]?.inject(body.subarray(from, to)))
      else if (kind === Message.open) {
        this.#sessions = this.#options.arms.map(
          ({ device }) => this.#opened.get(device) ?? this.#open(device),
        )
        this.#output.write(encodeText(Message.ready, ''))
      } else if (kind === Message.stats) this.#output.write(encodeText(Message.stats, this.#stats()))
    } catch (thrown) {
      this.#output.write(encodeText(Message.failed, messageOf(thrown)))
    }
  }

  #open(device: string): PcapSession {
    const { arms, ring, snapLength } = this.#options
    const session = this.#pcap.createSession(device, {
      filter: received(device, arms),
      buffer_timeout: 0,
      buffer_size: ring,
      snap_length: snapLength,
    })
    const armOf = this.#finder.at(device)
    session.on('packet', ({ buf, header }: { readonly buf: Buffer; readonly header: Buffer }) =>
      this.#hear(session, device, armOf(buf), buf, header),
    )
    this.#opened.set(device, session)
    return session
  }

  /** Takes a frame at an interface; its buffer is reused for the next frame, so it is copied. */
  #hear(session: PcapSession, device: string, number: number, buf: Buffer, header: Buffer): void {
    const arm = this.#options.arms[number]
    const body = bodyOf(buf)
    const type = buf.readUInt16BE(body - 2)
    const end = header.readUInt32LE(8)
    if (arm === undefined || (type !== EtherType.ipv4 && type !== EtherType.ipv6)) {
      this.#foreign++
      if (arm !== undefined && type === EtherType.arp)
        answer(session, arpReply(arm, buf.subarray(0, end), body))
      return
    }
    if (type === EtherType.ipv6) answer(session, advertisement(arm, buf.subarray(0, end), body))
    if (end - body > this.#options.largest) {
      const text = tooLarge(device, header.readUInt32LE(12) - body, this.#options)
      this.#output.write(encodeText(Message.failed, text))
    }
    this.#heard.append(number, monotonicNow(), buf, body, end)
    if (this.#heard.count >= BATCH) this.#flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(this.#flush)
    }
  }

  readonly #flush = (): void => {
    const heard = this.#heard
    this.#isScheduled = false
    if (heard.count === 0) return
    this.#total += heard.count
    this.#output.write(encodeFrames(heard, 0, heard.count))
    heard.clear()
  }

  #stats(): string {
    const missed = [...this.#opened.values()].reduce((sum, session) => sum + session.stats().ps_drop, 0)
    return JSON.stringify({ heard: this.#total, foreign: this.#foreign, missed })
  }
}

async function main(options: ChildOptions): Promise<void> {
  const output = new Socket({ fd: OUT, readable: false })
  const input = new Socket({ fd: IN, writable: false })
  const interfaces = new Interfaces(options, await withoutWarnings(), output)
  const reader = new MessageReader((kind, body) => interfaces.take(kind, body))
  input.on('data', (chunk: Buffer) => reader.push(chunk))
  // The parent is gone, or is done.
  input.on('close', () => process.exit(0))
  output.on('error', () => process.exit(0))
}

/**
 * A filter for frames that were not sent here: neither by the kernel nor, from an arm's address, by this process or another. (`inbound`
 * loses frames: those that wait while a filter is set are filtered by libpcap itself, which does not know their direction.)
 */
function received(device: string, arms: readonly PcapArm[]): string {
  const own = arms.flatMap((arm) => (arm.device === device ? [arm.own] : []))
  const kernel = readFileSync(`/sys/class/net/${device}/address`, 'utf8').trim()
  return `not (${[...new Set([...own, kernel])].map((address) => `ether src ${address}`).join(' or ')})`
}

function answer(session: PcapSession, frame: Buffer | undefined): void {
  if (frame !== undefined) session.inject(frame)
}

function tooLarge(device: string, length: number, { largest }: ChildOptions): string {
  return `a datagram of ${length} bytes came by ${device}, but the largest possible is ${largest}, so segments are merged on the way: ethtool -K ${device} gro off lro off, and the same at the device`
}

/** Loads node-pcap without its warning about an interface without an IPv4 address, which is intended here. */
async function withoutWarnings(): Promise<NodePcap> {
  const { default: pcap } = await import('node-pcap')
  pcap.warningHandler = () => undefined
  return pcap
}

try {
  await main(JSON.parse(process.argv[2] ?? '{}') as ChildOptions)
} catch (thrown) {
  new Socket({ fd: OUT }).end(encodeText(Message.failed, messageOf(thrown)), () => process.exit(1))
}
