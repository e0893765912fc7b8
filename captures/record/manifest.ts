import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Family } from './addresses.ts'
import type { Flow, Frames } from './flows.ts'
import { versions } from './programs.ts'
import type { Recording } from './recording.ts'

/** What stands beside a capture: what it shows, how it was made and what is in it. Keys in the order of the file. */
export interface Manifest {
  readonly capture: string
  readonly title: string
  /** The day, as `2026-01-31`. */
  readonly recorded: string
  readonly by: string
  readonly with: Readonly<Record<string, string>>
  readonly family: Family
  readonly link: 'ethernet'
  readonly format: 'pcap'
  readonly sha256: string
  readonly packets: number
  /** Of the file. */
  readonly bytes: number
  /** Seconds from the first packet to the last. */
  readonly duration: number
  readonly flows: readonly Flow[]
  readonly point?: Readonly<Record<string, string>>
  /** Defects a checker must accept. */
  readonly allows: readonly ('frame-over-mtu' | 'bad-checksum')[]
  /** What is not the same when it is recorded again. */
  readonly varies: readonly string[]
}

export async function manifestOf(
  file: string,
  script: string,
  recording: Recording,
  family: Family,
  frames: Frames,
): Promise<Manifest> {
  const bytes = await readFile(file)
  return {
    capture: captureName(recording, family),
    title: recording.title,
    recorded: new Date().toISOString().slice(0, 10),
    by: `captures/record/${script}`,
    with: await versions(recording.programs),
    family,
    link: 'ethernet',
    format: 'pcap',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    packets: frames.packets,
    bytes: bytes.length,
    duration: Number(frames.seconds.toFixed(6)),
    flows: frames.flows,
    ...(recording.point === undefined ? {} : { point: recording.point }),
    allows: [],
    varies: [...alwaysVaries(frames.flows, family), ...(recording.varies ?? [])],
  }
}

/** `http-get-ipv4.pcap`; its manifest has the same name with `.json`. */
export function captureName(recording: Recording, family: Family): string {
  return `${recording.name}-${family}.pcap`
}

function alwaysVaries(flows: readonly Flow[], family: Family): string[] {
  const tcp = flows.some(({ protocol }) => protocol === 'tcp')
  return [
    'packet times',
    family === 'ipv4' ? 'ip identification' : 'ipv6 flow labels',
    ...(tcp ? ['tcp initial sequence numbers', 'tcp timestamps', 'pure acknowledgements'] : []),
  ]
}
