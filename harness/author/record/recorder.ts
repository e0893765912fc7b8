import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import { asFlowbreakError, FlowbreakError, messageOf } from '../../support/errors.ts'
import { CaptureOutput } from '../output.ts'
import { FirstFlows } from './first-flows.ts'
import type { Ending, RecorderMessage, RecorderOptions } from './messages.ts'

/** Bytes of the ring in the kernel. */
const RING = 32 << 20
const PROGRESS_EVERY = 250

/** `Link` codes by what node-pcap calls link types. */
const LINKS: ReadonlyMap<string, number> = new Map([
  ['LINKTYPE_ETHERNET', Link.ethernet],
  ['LINKTYPE_NULL', Link.null],
  ['LINKTYPE_RAW', Link.raw],
  ['LINKTYPE_LINUX_SLL', Link.sll],
])

/** Records at one interface until it is told to stop, in a process of its own: node-pcap closes only by ending. */
async function main(options: RecorderOptions): Promise<void> {
  const { default: pcap } = await import('node-pcap')
  // An interface without an IPv4 address is nothing to warn of.
  pcap.warningHandler = () => undefined
  const session = pcap.createSession(options.device, {
    filter: options.filter,
    snap_length: options.snapLength,
    buffer_size: RING,
    buffer_timeout: 0,
  })
  const link = LINKS.get(session.link_type)
  if (link === undefined)
    throw new FlowbreakError(
      'ERR_CAPTURE_LINK',
      `${options.device} gives frames of a kind that is not read (${session.link_type}): record at an Ethernet interface.`,
    )
  const began = Math.floor(Date.now() / 1000)
  const epoch = BigInt(began) * BigInt(NANOS_PER_SECOND)
  const output = new CaptureOutput(options.out)
  output.open(epoch, link, options.device)
  const flows = options.flows === undefined ? undefined : new FirstFlows(options.flows)
  let bytes = 0
  let over = false
  const state = () => ({ packets: output.packets, bytes, missed: session.stats().ps_drop })
  const finish = (ending: Ending) => {
    if (over) return
    over = true
    try {
      output.close()
      tell({ type: 'done', ending, ...state() })
    } catch (thrown) {
      fail(thrown)
    }
  }
  const fail = (thrown: unknown) => {
    over = true
    output[Symbol.dispose]()
    tell(failure(thrown))
  }
  session.on('packet', ({ buf, header }: { readonly buf: Buffer; readonly header: Buffer }) => {
    if (over) return
    const time = (header.readUInt32LE(0) - began) * NANOS_PER_SECOND + header.readUInt32LE(4) * 1000
    const captured = header.readUInt32LE(8)
    const original = header.readUInt32LE(12)
    if (flows?.takes(buf, captured, original, time, link) === false) return
    try {
      output.write(epoch, time, buf, 0, captured, original, link)
    } catch (thrown) {
      fail(thrown)
      return
    }
    bytes += captured
    if (output.packets === options.packets) finish('packets')
    else if (options.bytes !== undefined && bytes >= options.bytes) finish('bytes')
    else if (flows?.ended) finish('flows')
  })
  setInterval(() => {
    if (!over) tell({ type: 'progress', ...state() })
  }, PROGRESS_EVERY)
  if (options.time !== undefined) setTimeout(() => finish('time'), options.time)
  process.on('message', () => finish('stopped'))
  process.on('disconnect', () => {
    finish('stopped')
    process.exit(0)
  })
  tell({ type: 'ready' })
}

function tell(message: RecorderMessage): void {
  if (process.connected) process.send?.(message)
}

function failure(thrown: unknown): RecorderMessage {
  const known = asFlowbreakError(thrown)
  return {
    type: 'failed',
    reason: messageOf(thrown),
    ...(known === undefined ? {} : { code: known.code, exitCode: known.exitCode }),
  }
}

// Ctrl-C, and the end of a terminal, go to every process there; whoever started this one says when it is over.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined)
try {
  await main(JSON.parse(process.argv[2] ?? '{}') as RecorderOptions)
} catch (thrown) {
  tell(failure(thrown))
}
