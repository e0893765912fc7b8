import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  COLLECTED,
  contentName,
  EVIDENCE,
  EVIDENCE_CAPTURE,
  EVIDENCE_CONFIGURATION,
  EVIDENCE_LOG,
  EVIDENCE_SUMS,
  EVIDENCE_TIMELINE,
  evidenceSums,
  nameFolder,
  unfinishedIn,
} from '../../log/evidence.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { LotEvent } from '../work/lot.ts'
import { blobOf, fetchBlob } from './blobs.ts'
import type { RunKeys } from './keys.ts'
import type { Link } from './link.ts'
import type { FileBlob } from './messages.ts'

const CONTENT = '[0-9a-f]{32}'
const IN_EVIDENCE = [EVIDENCE_CAPTURE, EVIDENCE_TIMELINE, EVIDENCE_CONFIGURATION, EVIDENCE_LOG, EVIDENCE_SUMS]
const PATH = new RegExp(
  `^(?:${COLLECTED}/${CONTENT}\\.txt|${EVIDENCE}/${CONTENT}/(?:${IN_EVIDENCE.map((name) => name.replace('.', '\\.')).join('|')}))$`,
)

/** The number of folders that this process has begun to keep. */
let kept = 0

/** The files beside a log in `folder` that an event names, and those that belong to them. */
export function filesOf(event: LotEvent, folder: string): readonly FileBlob[] {
  if (event.type !== 'case-finished') return []
  const paths: string[] = []
  if (event.evidence !== undefined) {
    const place = dirname(event.evidence)
    for (const name of readdirSync(join(folder, place))) paths.push(`${place}/${name}`)
  }
  if (event.collected !== undefined) paths.push(event.collected)
  return paths.map((path) => ({ path, ...blobOf(join(folder, path)) }))
}

/** Removes the evidence of a case, once it has been transferred. */
export function dropEvidence(files: readonly FileBlob[], folder: string): void {
  for (const { path } of files)
    if (path.startsWith(EVIDENCE)) rmSync(join(folder, dirname(path)), { recursive: true, force: true })
}

/** Removes what devices had recorded, once no case needs it any more. */
export function dropCollected(folder: string): void {
  rmSync(join(folder, COLLECTED), { recursive: true, force: true })
}

/** Fetches files to beside the log, and refuses those that do not match their names. Existing files stay. Throws ERR_QUEUE_FILE. */
export async function keepFiles(
  link: Link,
  keys: RunKeys,
  files: readonly FileBlob[],
  folder: string,
): Promise<void> {
  const folders = new Map<string, FileBlob[]>()
  for (const file of files) {
    if (!PATH.test(file.path)) throw refused(file.path, 'is not the name of such a file')
    const place = dirname(file.path)
    folders.set(place, [...(folders.get(place) ?? []), file])
  }
  for (const [place, members] of folders) {
    if (place === COLLECTED) {
      for (const file of members) await keepCollected(link, keys, file, join(folder, file.path))
      continue
    }
    const final = join(folder, place)
    if (existsSync(final)) continue
    // Two workers may deliver the same.
    const unfinished = unfinishedIn(dirname(final), `folder-${kept++}`)
    try {
      mkdirSync(unfinished, { recursive: true, mode: 0o700 })
      await Promise.all(
        members.map((file) => fetchBlob(link, keys, file, join(unfinished, basename(file.path)))),
      )
      const sums = evidenceSums(unfinished)
      if (
        contentName(sums) !== basename(place) ||
        sums !== readFileSync(join(unfinished, EVIDENCE_SUMS), 'utf8')
      )
        throw refused(place, 'does not hold what it is called by')
      nameFolder(unfinished, final)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
}

async function keepCollected(link: Link, keys: RunKeys, file: FileBlob, final: string): Promise<void> {
  if (existsSync(final) && statSync(final).size === file.size) return
  await fetchBlob(link, keys, file, final)
  if (`${contentName(readFileSync(final))}.txt` === basename(final)) return
  rmSync(final)
  throw refused(file.path, 'does not hold what it is called by')
}

function refused(path: string, why: string): FlowbreakError {
  return new FlowbreakError(
    'ERR_QUEUE_FILE',
    `A worker names a file ${JSON.stringify(path)}, which ${why}.`,
    {
      exitCode: ExitCode.broken,
    },
  )
}
