import { Socket } from 'node:net'
import type { PcapSession } from 'node-pcap'
import { messageOf } from '../../../support/errors.ts'
import { FrameColumns } from '../frames.ts'
import { monotonicNow } from '../port.ts'
import { ETHERNET, eachFrame, encodeFrames, encodeText, Message, MessageReader } from './messages.ts'

/** What the process is told on its command line, as JSON. */
export interface ChildOptions {
  /** Interfaces by arm, Ethernet all. */
  readonly devices: readonly string[]
  readonly snapLength: number
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
  const sessions = options.devices.map((device, arm) => {
    const session = createSession(device, {
      buffer_timeout: 0,
      buffer_size: options.ring,
      snap_length: options.snapLength,
    })
    // Its buffer is the same for all packets: what is kept is copied.
    session.on('packet', ({ buf, header }: { readonly buf: Buffer; readonly header: Buffer }) => {
      const type = buf.readUInt16BE(12)
      if (type !== 0x0800 && type !== 0x86dd) {
        foreign++
        return
      }
      heard.append(arm, monotonicNow(), buf, ETHERNET, header.readUInt32LE(8))
      if (heard.count >= BATCH) flush()
      else if (!scheduled) {
        scheduled = true
        setImmediate(flush)
      }
    })
    return session
  })
  const reader = new MessageReader((kind, body) => {
    try {
      if (kind === Message.frames) inject(sessions, body)
      else if (kind === Message.stats) output.write(encodeText(Message.stats, statsOf(sessions)))
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
  output.write(encodeText(Message.ready, ''))
}

function inject(sessions: readonly PcapSession[], body: Buffer): void {
  eachFrame(body, (arm, from, to) => sessions[arm]?.inject(body.subarray(from, to)))
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
