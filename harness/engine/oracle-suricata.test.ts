import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Verdict } from '../model/codes.ts'
import type { ExceptionPolicy } from '../model/setup.ts'

const SURICATA_POLICY = { drop: 'drop-flow', reject: 'reject', continue: 'ignore' } as const

/** What real Suricata decided about a packet. */
export interface OracleVerdict {
  readonly verdict: number
  /** Empty where it was forwarded. Of a packet dropped for what is in it, the reason that that has. */
  readonly reason: string
  /** It was dropped for the datagram that it completes, or the packet in its tunnel. */
  readonly forInner: boolean
}

export interface OracleFrame {
  /** Nanoseconds since the epoch of the file. */
  readonly time: number
  readonly bytes: Uint8Array
}

/** Runs Suricata inline over Ethernet frames, in order of time, and answers with its decision about each. */
export async function runSuricata(
  frames: readonly OracleFrame[],
  options: {
    readonly exception: ExceptionPolicy
    readonly tcpIdle: number
    readonly rules: readonly string[]
  },
): Promise<OracleVerdict[]> {
  const directory = await mkdtemp(join(tmpdir(), 'flowbreak-oracle-'))
  try {
    const inDirectory = (name: string) => join(directory, name)
    await writeFile(inDirectory('in.pcap'), classicPcap(frames))
    await writeFile(inDirectory('suricata.yaml'), configuration(options))
    await writeFile(inDirectory('test.rules'), `${options.rules.join('\n')}\n`)
    await promisify(execFile)(
      'suricata',
      [
        '-c',
        'suricata.yaml',
        '-r',
        'in.pcap',
        '-S',
        'test.rules',
        '-l',
        '.',
        '-k',
        'none',
        '--runmode',
        'single',
      ].concat(['--simulate-ips', '--set', `pid-file=${inDirectory('pid')}`]),
      { cwd: directory, timeout: 60_000 },
    )
    return readVerdicts(await readFile(inDirectory('eve.json'), 'utf8'), frames.length)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The reason of a fragment whose datagram was dropped, and of a packet with a tunnel in which one was. */
const FOR_INNER = 'tunnel packet drop'

interface EveEvent {
  readonly event_type?: string
  readonly pcap_cnt?: number
  readonly drop?: { readonly reason: string }
  readonly verdict?: { readonly reject?: readonly string[] }
  readonly stats?: { readonly ips?: { readonly blocked: number; readonly rejected: number } }
}

function readVerdicts(eve: string, count: number): OracleVerdict[] {
  const verdicts: OracleVerdict[] = Array.from({ length: count }, () => ({
    verdict: Verdict.forward,
    reason: '',
    forInner: false,
  }))
  // What is in a packet is logged before it, from the inside out, and without number.
  let inner = ''
  let stopped = 0
  let counted = -1
  for (const line of eve.split('\n')) {
    if (line === '') continue
    const event: EveEvent = JSON.parse(line)
    if (event.event_type === 'stats')
      counted = (event.stats?.ips?.blocked ?? 0) + (event.stats?.ips?.rejected ?? 0)
    if (event.event_type !== 'drop') continue
    const reason = event.drop?.reason ?? ''
    if (event.pcap_cnt === undefined) {
      inner ||= reason
      continue
    }
    stopped++
    const forInner = reason === FOR_INNER
    // About what is in another packet Suricata counts a reject, but sends nothing (respond-reject.c).
    const rejected = (event.verdict?.reject?.length ?? 0) > 0
    verdicts[event.pcap_cnt - 1] = {
      verdict: rejected && !forInner ? Verdict.reject : Verdict.drop,
      reason: forInner ? inner : reason,
      forInner,
    }
    inner = ''
  }
  if (stopped !== counted) throw new Error(`Suricata logged ${stopped} drops and counted ${counted}`)
  return verdicts
}

function configuration(options: { readonly exception: ExceptionPolicy; readonly tcpIdle: number }): string {
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
        - drop: { alerts: yes, flows: all, verdict: yes }
        - stats: { totals: yes, threads: no, deltas: no }
logging: { default-log-level: error, outputs: [{ console: { enabled: yes } }] }
stream:
  memcap: 256mb
  checksum-validation: no
  midstream: false
  midstream-policy: ${SURICATA_POLICY[options.exception]}
  async-oneside: false
  inline: yes
  drop-invalid: yes
  reassembly: { memcap: 512mb, depth: 1mb }
flow: { memcap: 512mb, hash-size: 65536, prealloc: 1000 }
flow-timeouts:
  default: { new: 30, established: 300, closed: 0 }
  tcp: { new: 60, established: ${options.tcpIdle}, closed: 60 }
  udp: { new: 30, established: 300 }
  icmp: { new: 30, established: 300 }
`
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
    view.setUint32(at, 1_700_000_000 + Math.floor(time / 1e9), true)
    view.setUint32(at + 4, time % 1e9, true)
    view.setUint32(at + 8, bytes.length, true)
    view.setUint32(at + 12, bytes.length, true)
    file.set(bytes, at + 16)
    at += 16 + bytes.length
  }
  return file
}
