import { copyFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Family } from './addresses.ts'
import { checkExpected, checkSendable } from './check.ts'
import { readFlows } from './flows.ts'
import { Lab } from './lab.ts'
import { captureName, type Manifest, manifestOf } from './manifest.ts'
import { writeTable } from './readme.ts'
import type { Recording } from './recording.ts'
import { SCRIPTS } from './recordings.ts'
import { tag } from './tag.ts'
import { recordWhile } from './tcpdump.ts'

// Records captures: `npx tsx captures/record/main.ts [name…]`, as root. A name is `http-get` or `http-get-ipv4`; none is all.

const OUT = resolve(import.meta.dirname, '..')
const BOTH: readonly Family[] = ['ipv4', 'ipv6']

interface Job {
  readonly script: string
  readonly recording: Recording
  readonly family: Family
}

/** Records one capture in a lab of its own; the files appear only once everything about them has been checked. */
async function record({ script, recording, family }: Job): Promise<Manifest> {
  using lab = await Lab.open(family, recording.shape ?? 'direct')
  await recording.prepare?.(lab)
  await recording.server?.(lab)
  const file = join(lab.dir, 'capture.pcap')
  await recordWhile(lab, recording.at ?? 'server', file, () => recording.client(lab))
  if (recording.vlan !== undefined) await tag(file, recording.vlan)
  const frames = await readFlows(file)
  await checkExpected(file, frames.flows, recording.expects, family)
  await checkSendable(file, recording.vlan !== undefined)
  const manifest = await manifestOf(file, script, recording, family, frames)
  const target = join(OUT, captureName(recording, family))
  await copyFile(file, target)
  await writeFile(target.replace(/\.pcap$/, '.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  return manifest
}

function selected(names: readonly string[]): Job[] {
  const jobs = Object.entries(SCRIPTS).flatMap(([script, recordings]) =>
    recordings.flatMap((recording) =>
      (recording.families ?? BOTH).map((family): Job => ({ script, recording, family })),
    ),
  )
  const matches = (job: Job, name: string): boolean =>
    name === job.recording.name || name === `${job.recording.name}-${job.family}`
  const unknown = names.find((name) => !jobs.some((job) => matches(job, name)))
  if (unknown !== undefined) {
    const known = [...new Set(jobs.map((job) => job.recording.name))].join(', ')
    throw new Error(`There is no recording named "${unknown}". There are: ${known}.`)
  }
  return names.length === 0 ? jobs : jobs.filter((job) => names.some((name) => matches(job, name)))
}

async function main(names: readonly string[]): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
  const jobs = selected(names)
  if (process.getuid?.() !== 0) throw new Error('Recording makes network namespaces: run it as root.')
  for (const job of jobs) {
    const { capture, packets, bytes, duration, flows } = await record(job).catch((cause: unknown) => {
      throw new Error(`${captureName(job.recording, job.family)} was not recorded.`, { cause })
    })
    console.log(
      `${capture}  ${packets} packets  ${flows.length} flows  ${bytes} bytes  ${duration.toFixed(1)} s`,
    )
  }
  await writeTable(OUT)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  for (let at = error; at instanceof Error; at = at.cause) console.error(at.message)
  process.exitCode = 1
}
