import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Verdict } from '../model/codes.ts'
import type { ExceptionPolicy } from '../model/setup.ts'

const SURICATA_POLICY = { drop: 'drop-flow', reject: 'reject', continue: 'ignore' } as const
/** Suricata hangs on some files rather than refuse them. */
const TIME_LIMIT = 300_000

/** What real Suricata decided about a packet. */
export interface OracleVerdict {
  readonly verdict: number
  /** Empty where it was forwarded. Of a packet dropped for what is in it, the reason that that has. */
  readonly reason: string
}

/** A rule that matched and told so. */
export interface OracleAlert {
  readonly sid: number
  /** Index of the packet; -1 where Suricata does not say (datagrams put together from fragments). */
  readonly packet: number
}

export interface OracleRun {
  /** By packet. */
  readonly verdicts: readonly OracleVerdict[]
  /** In the order in which they were logged. */
  readonly alerts: readonly OracleAlert[]
}

export interface OracleFrame {
  /** Nanoseconds since the epoch of the file. */
  readonly time: number
  readonly bytes: Uint8Array
}

/** Idle time-outs in seconds; their defaults are those of Suricata's own file. */
export interface OracleTimeouts {
  readonly tcpNew: number
  readonly tcpEstablished: number
  readonly tcpClosed: number
  readonly udpNew: number
  readonly udpEstablished: number
  readonly icmpNew: number
  readonly icmpEstablished: number
  readonly other: number
  readonly otherEstablished: number
}

export interface OracleOptions {
  /** Suricata accepts `drop` and `reject` only without `midstream`. */
  readonly exception: ExceptionPolicy
  readonly midstream?: boolean
  readonly asyncOneside?: boolean
  readonly dropInvalid?: boolean
  readonly timeouts?: Partial<OracleTimeouts>
  readonly rules?: readonly string[]
  /** Flow and netflow events too. */
  readonly flows?: true
  /** More of its configuration, at top level and with a line end; keys that are set here already count as here. */
  readonly yaml?: string
}

/** Runs Suricata inline over Ethernet frames, in order of time, and answers with its decision about each. */
export async function runSuricata(
  frames: readonly OracleFrame[],
  options: OracleOptions,
): Promise<OracleRun> {
  return readEvents(await suricataEve(frames, options), frames.length)
}

/** Seconds since 1970 at which the frames' time is 0. */
export const ORACLE_EPOCH = 1_700_000_000

/** The same, and answers with the EVE log that it wrote. */
export async function suricataEve(frames: readonly OracleFrame[], options: OracleOptions): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'flowbreak-oracle-'))
  try {
    const inDirectory = (name: string) => join(directory, name)
    await writeFile(inDirectory('in.pcap'), classicPcap(frames))
    await writeFile(inDirectory('suricata.yaml'), configuration(options))
    await writeFile(inDirectory('test.rules'), `${(options.rules ?? []).join('\n')}\n`)
    const files = ['-c', 'suricata.yaml', '-r', 'in.pcap', '-S', 'test.rules', '-l', '.', '-k', 'none']
    const modes = ['--runmode', 'single', '--simulate-ips', '--set', `pid-file=${inDirectory('pid')}`]
    await promisify(execFile)('suricata', [...files, ...modes], { cwd: directory, timeout: TIME_LIMIT })
    return await readFile(inDirectory('eve.json'), 'utf8')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The reason of a fragment whose datagram was dropped, and of a packet with a tunnel in which one was. */
const FOR_INNER = 'tunnel packet drop'
/** Suricata's own packets, which are in no capture: at the end of a flow, and where a stream's inspection ends. */
const OWN_PACKET = 'stream ('
const FORWARDED: OracleVerdict = { verdict: Verdict.forward, reason: '' }

interface EveEvent {
  readonly event_type?: string
  readonly pcap_cnt?: number
  readonly pkt_src?: string
  readonly alert?: { readonly signature_id: number }
  readonly drop?: { readonly reason: string }
  readonly verdict?: { readonly reject?: readonly string[] }
  readonly stats?: { readonly ips?: { readonly blocked: number; readonly rejected: number } }
}

function readEvents(eve: string, count: number): OracleRun {
  const verdicts = Array.from({ length: count }, () => FORWARDED)
  const alerts: OracleAlert[] = []
  // What is in a packet is logged before it, from the inside out, and without number.
  let inner = ''
  let stopped = 0
  let counted = -1
  for (const line of eve.split('\n')) {
    if (line === '') continue
    const event: EveEvent = JSON.parse(line)
    if (event.event_type === 'stats')
      counted = (event.stats?.ips?.blocked ?? 0) + (event.stats?.ips?.rejected ?? 0)
    else if (event.event_type === 'alert' && event.pkt_src?.startsWith(OWN_PACKET)) continue
    else if (event.event_type === 'alert')
      alerts.push({ sid: event.alert?.signature_id ?? 0, packet: (event.pcap_cnt ?? 0) - 1 })
    else if (event.event_type !== 'drop') continue
    else if (event.pcap_cnt === undefined) inner ||= event.drop?.reason ?? ''
    else {
      stopped++
      verdicts[event.pcap_cnt - 1] = readDrop(event, inner)
      inner = ''
    }
  }
  if (stopped !== counted) throw new Error(`Suricata logged ${stopped} drops and counted ${counted}`)
  return { verdicts, alerts }
}

/** `inner`: the reason of what is in the packet. About that Suricata counts a reject, but sends nothing (respond-reject.c). */
function readDrop({ drop, verdict }: EveEvent, inner: string): OracleVerdict {
  const reason = drop?.reason ?? ''
  const rejected = (verdict?.reject?.length ?? 0) > 0
  if (reason === FOR_INNER) return { verdict: Verdict.drop, reason: inner }
  return { verdict: rejected ? Verdict.reject : Verdict.drop, reason }
}

function configuration(options: OracleOptions): string {
  const { exception, midstream = false, asyncOneside = false, dropInvalid = true, timeouts = {} } = options
  const yesNo = (value: boolean) => (value ? 'yes' : 'no')
  const { tcpNew = 60, tcpEstablished = 600, tcpClosed = 60, other = 30, otherEstablished = 300 } = timeouts
  const { udpNew = 30, udpEstablished = 300, icmpNew = 30, icmpEstablished = 300 } = timeouts
  return `%YAML 1.1
---
default-log-dir: .
exception-policy: ignore
stats: { enabled: yes, interval: 3600 }
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      pcap-file: false
      types:
        - alert: { verdict: yes }
        - drop: { alerts: yes, flows: all, verdict: yes }${options.flows ? '\n        - flow\n        - netflow' : ''}
        - stats: { totals: yes, threads: no, deltas: no }
logging: { default-log-level: error, outputs: [{ console: { enabled: yes } }] }
stream:
  memcap: 256mb
  checksum-validation: no
  midstream: ${yesNo(midstream)}
  midstream-policy: ${SURICATA_POLICY[exception]}
  async-oneside: ${yesNo(asyncOneside)}
  inline: yes
  drop-invalid: ${yesNo(dropInvalid)}
  reassembly: { memcap: 512mb, depth: 1mb, randomize-chunk-size: no }
flow: { memcap: 512mb, hash-size: 65536, prealloc: 1000 }
flow-timeouts:
  default: { new: ${other}, established: ${otherEstablished}, closed: 0 }
  tcp: { new: ${tcpNew}, established: ${tcpEstablished}, closed: ${tcpClosed} }
  udp: { new: ${udpNew}, established: ${udpEstablished} }
  icmp: { new: ${icmpNew}, established: ${icmpEstablished} }
${options.yaml ?? ''}`
}

/** Nanosecond pcap, little-endian, Ethernet. */
function classicPcap(frames: readonly OracleFrame[]): Uint8Array {
  const size = frames.reduce((sum, { bytes }) => sum + 16 + bytes.length, 24)
  const file = new Uint8Array(size)
  const view = new DataView(file.buffer)
  view.setUint32(0, 0xa1b23c4d, true)
  view.setUint16(4, 2, true)
  view.setUint16(6, 4, true)
  view.setUint32(16, 262_144, true)
  view.setUint32(20, 1, true)
  let at = 24
  for (const { time, bytes } of frames) {
    view.setUint32(at, ORACLE_EPOCH + Math.floor(time / 1e9), true)
    view.setUint32(at + 4, time % 1e9, true)
    view.setUint32(at + 8, bytes.length, true)
    view.setUint32(at + 12, bytes.length, true)
    file.set(bytes, at + 16)
    at += 16 + bytes.length
  }
  return file
}
