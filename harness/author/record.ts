import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkNodePcap } from '../observe/live/pcap/port.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { checkManifestPlace, writeManifest } from './manifest.ts'
import type { Ending, Progress, RecorderMessage, RecorderOptions } from './record/messages.ts'
import { RECORDER } from './record/recorder-path.ts'

export interface RecordOptions extends RecorderOptions {
  readonly title: string
  readonly with: Readonly<Record<string, string>>
  /** Aborted: recording ends, and what was recorded is kept. */
  readonly signal: AbortSignal
  readonly ready: () => void
  readonly progress: (progress: Progress) => void
}

/** What was recorded. */
export interface Recording extends Progress {
  readonly out: string
  readonly ending: Ending
  readonly manifest: string
}

/** An interface of all others together, which is no device. */
const ANY = 'any'

/**
 * Records at an interface until a limit or the signal ends it, and writes the manifest. Throws ERR_RECORD_INTERFACE and ERR_FILTER (exit
 * code 2); ERR_NODE_PCAP, ERR_RECORD_PERMISSION, ERR_RECORD, ERR_CAPTURE_WRITE and ERR_MANIFEST_WRITE (exit code 3).
 */
export async function recordCapture(options: RecordOptions): Promise<Recording> {
  const { device, out, filter, snapLength, packets, bytes, flows, time } = options
  if (device !== ANY && !(/^[^/\s]+$/.test(device) && existsSync(join('/sys/class/net', device))))
    throw new FlowbreakError(
      'ERR_RECORD_INTERFACE',
      `There is no interface ${device}: "ip link" lists the interfaces.`,
    )
  checkManifestPlace(out)
  checkNodePcap()
  const told: RecorderOptions = {
    device,
    out,
    filter,
    snapLength,
    ...(packets === undefined ? {} : { packets }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(flows === undefined ? {} : { flows }),
    ...(time === undefined ? {} : { time }),
  }
  const child = fork(RECORDER, [JSON.stringify(told)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const day = new Date().toISOString().slice(0, 10)
  const done = await ended(child, options)
  const { ending, ...progress } = done
  const manifest = await writeManifest(out, {
    title: options.title,
    recorded: day,
    by: 'flowbreak capture record',
    with: options.with,
  })
  return { out, ending, packets: progress.packets, bytes: progress.bytes, missed: progress.missed, manifest }
}

type Done = Extract<RecorderMessage, { readonly type: 'done' }>

/** Waits for the end of a recording, and of the process. */
async function ended(child: ChildProcess, options: RecordOptions): Promise<Done> {
  const { signal, ready, progress } = options
  const stop = () => {
    if (child.connected) child.send('stop')
  }
  signal.addEventListener('abort', stop)
  try {
    return await new Promise<Done>((resolve, reject) => {
      child.on('message', (message: RecorderMessage) => {
        if (message.type === 'ready') {
          ready()
          if (signal.aborted) stop()
        } else if (message.type === 'progress') progress(message)
        else if (message.type === 'done') resolve(message)
        else reject(errorOf(message, options))
      })
      child.on('error', (error) => reject(broken(options.device, error.message)))
      child.on('exit', () => reject(broken(options.device, 'the process that records ended')))
    })
  } finally {
    signal.removeEventListener('abort', stop)
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      if (child.connected) child.disconnect()
      child.kill('SIGKILL')
      await gone
    }
  }
}

function errorOf(
  message: Extract<RecorderMessage, { readonly type: 'failed' }>,
  options: RecordOptions,
): FlowbreakError {
  const { reason, code, exitCode } = message
  const { device, filter } = options
  if (code !== undefined)
    return new FlowbreakError(code as `ERR_${string}`, reason, { exitCode: exitCode as ExitCode })
  if (/permi(ssion|tted)|capabilit/i.test(reason))
    return new FlowbreakError(
      'ERR_RECORD_PERMISSION',
      `Recording at ${device} is not permitted: run it as root, or once "sudo setcap cap_net_raw,cap_net_admin+ep ${process.execPath}".`,
      { exitCode: ExitCode.broken },
    )
  if (filter !== '' && /syntax|filter|expression|unknown|illegal|parse/i.test(reason))
    return new FlowbreakError(
      'ERR_FILTER',
      `The filter "${filter}" is not valid for libpcap (${reason}): see "man pcap-filter".`,
    )
  return broken(device, reason)
}

function broken(device: string, reason: string): FlowbreakError {
  return new FlowbreakError(
    'ERR_RECORD',
    `Recording at ${device} failed (${reason}): check that it is up, "ip link set ${device} up".`,
    { exitCode: ExitCode.broken },
  )
}
