import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PcapngWriter } from '../../capture/pcapng-writer.ts'
import type { ExceptionPolicy } from '../../model/setup.ts'
import { EPOCH } from './play.ts'
import { type SetupName, setupInputFor } from './probe.ts'
import type { Recorded } from './recording.ts'

/** The folder of captures beside a profile. */
const EVIDENCE_FOLDER = 'evidence'

/** A probe as it was played last. */
export interface RecordedProbe {
  readonly name: string
  readonly setup: SetupName
  readonly policy: ExceptionPolicy
  readonly script: string
  readonly frames: readonly Recorded[]
}

const LONGEST_NAME = 80

/** By probe: the capture that holds its packets, from where the profile is. No two have the same. */
export function captureNames(probes: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    probes.map((probe) => {
      const word = wordOf(probe)
      let name = word
      for (let number = 2; taken.has(name); number++) name = `${word}-${number}`
      taken.add(name)
      return [probe, `${EVIDENCE_FOLDER}/${name}.pcapng`]
    }),
  )
}

/**
 * Writes a capture for each probe, every packet of which has a comment: what became of it. Those of an earlier profile in that folder go.
 * Throws ERR_CAPTURE_WRITE.
 */
export function writeCaptures(
  folder: string,
  names: ReadonlyMap<string, string>,
  recorded: ReadonlyMap<string, RecordedProbe>,
): void {
  rmSync(join(folder, EVIDENCE_FOLDER), { recursive: true, force: true })
  mkdirSync(join(folder, EVIDENCE_FOLDER), { recursive: true })
  for (const [probe, file] of names) {
    const found = recorded.get(probe)
    if (found !== undefined) writeCapture(join(folder, file), found)
  }
}

function writeCapture(file: string, { name, setup, policy, script, frames }: RecordedProbe): void {
  using writer = new PcapngWriter(file, EPOCH)
  const interfaces = new Map<string, number>()
  for (const { side, link } of frames) {
    const key = `${side}\n${link}`
    if (!interfaces.has(key)) interfaces.set(key, writer.addInterface(`${side} side`, link))
  }
  const title = `${name}: ${script}, setup ${JSON.stringify(setupInputFor(setup, policy))}`
  frames.forEach(({ side, link, at, frame, comment }, index) => {
    const text = index === 0 ? `${title}; ${comment}` : comment
    writer.write(interfaces.get(`${side}\n${link}`) ?? 0, at, frame, text)
  })
  writer.close()
}

/** A probe's name as one of a file: letters, digits, dots and hyphens; c- and s- stand for packets of the client and the server. */
function wordOf(probe: string): string {
  return probe
    .replaceAll('>', 'c-')
    .replaceAll('<', 's-')
    .replaceAll(/[^A-Za-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, LONGEST_NAME)
}
