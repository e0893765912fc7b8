import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import type { PcapSession } from 'node-pcap'
import { messageOf } from '../../../support/errors.ts'
import { FrameColumns } from '../frames.ts'
import { monotonicNow } from '../port.ts'
import { ArmFinder, bodyOf, EtherType, type PcapArm } from './arms.ts'
import { eachFrame, encodeFrames, encodeText, Message, MessageReader } from './messages.ts'
import { advertisement, arpReply } from './neighbours.ts'

/** What the process is told on its command line, as JSON. */
export interface ChildOptions {
  readonly arms: readonly PcapArm[]
  readonly snapLength: number
  /** Bytes of the largest datagram that may be heard. */
  readonly largest: number
  /** Bytes of each interface's ring in the kernel. */
  readonly ring: number
}

/** Frames that are handed on at a time. */
const BATCH = 256
/** File descriptors of the pipes: what is to be sent, and what was heard. */
const IN = 3
const OUT = 4

/** Sends and hears frames at interfaces, for a port in another process: node-pcap takes no second thread, and closes only by ending. */
async function main(options: ChildOptions): Promise<void> {
  const output = new Socket({ fd: OUT, readable: false })
  const input = new Socket({ fd: IN, writable: false })
  const heard = new FrameColumns()
  let foreign = 0
  let total = 0
  let scheduled = false
  const flush = () => {
    scheduled = false
    if (heard.count === 0) return
    total += heard.count
    output.write(encodeFrames(heard, 0, heard.count))
    heard.clear()
  }
  const { createSession } = await withoutWarnings()
  const finder = new ArmFinder(options.arms)
  const opened = new Map<string, PcapSession>()
  const open = (device: string) => {
    const session = createSession(device, {
      filter: received(device, options.arms),
      buffer_timeout: 0,
      buffer_size: options.ring,
      snap_length: options.snapLength,
    })
    const armOf = finder.at(device)
    // Its buffer is the same for all packets: what is kept is copied.
    session.on('packet', ({ buf, header }: { readonly buf: Buffer; readonly header: Buffer }) => {
      const number = armOf(buf)
      const arm = options.arms[number]
      const body = bodyOf(buf)
      const type = buf.readUInt16BE(body - 2)
      const end = header.readUInt32LE(8)
      if (arm === undefined || (type !== EtherType.ipv4 && type !== EtherType.ipv6)) {
        foreign++
        if (arm !== undefined && type === EtherType.arp)
          answer(session, arpReply(arm, buf.subarray(0, end), body))
        return
      }
      if (type === EtherType.ipv6) answer(session, advertisement(arm, buf.subarray(0, end), body))
      if (end - body > options.largest)
        output.write(encodeText(Message.failed, tooLarge(device, header.readUInt32LE(12) - body, options)))
      heard.append(number, monotonicNow(), buf, body, end)
      if (heard.count >= BATCH) flush()
      else if (!scheduled) {
        scheduled = true
        setImmediate(flush)
      }
    })
    opened.set(device, session)
    return session
  }
  let sessions: readonly PcapSession[] = []
  const reader = new MessageReader((kind, body) => {
    try {
      if (kind === Message.frames) inject(sessions, body)
      else if (kind === Message.open) {
        sessions = options.arms.map(({ device }) => opened.get(device) ?? open(device))
        output.write(encodeText(Message.ready, ''))
      } else if (kind === Message.stats)
        output.write(encodeText(Message.stats, statsOf([...opened.values()])))
    } catch (thrown) {
      output.write(encodeText(Message.failed, messageOf(thrown)))
    }
  })
  const statsOf = (all: readonly PcapSession[]) =>
    JSON.stringify({ heard: total, foreign, missed: all.reduce((sum, one) => sum + one.stats().ps_drop, 0) })
  input.on('data', (chunk: Buffer) => reader.push(chunk))
  // Whoever wanted this is gone, or is done.
  input.on('close', () => process.exit(0))
  output.on('error', () => process.exit(0))
}

function inject(sessions: readonly PcapSession[], body: Buffer): void {
  eachFrame(body, (arm, from, to) => sessions[arm]?.inject(body.subarray(from, to)))
}

/**
 * What was not sent here: neither by the kernel nor, in the place of an arm, by this process or another. (`inbound` loses frames:
 * those that wait while a filter is set are filtered by libpcap itself, which does not know which way they went.)
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
  return `a datagram of ${length} bytes came by ${device}, where ${largest} is the most, so segments are put together on the way: ethtool -K ${device} gro off lro off, and the same at the device`
}

/** An interface without an IPv4 address is as it should be here. */
async function withoutWarnings(): Promise<typeof import('node-pcap')> {
  const { default: pcap } = await import('node-pcap')
  pcap.warningHandler = () => undefined
  return pcap
}

try {
  await main(JSON.parse(process.argv[2] ?? '{}') as ChildOptions)
} catch (thrown) {
  new Socket({ fd: OUT }).end(encodeText(Message.failed, messageOf(thrown)), () => process.exit(1))
}
