import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { PcapngWriter } from '../capture/pcapng-writer.ts'
import type { Nanos } from '../model/batch.ts'
import type { RunEvent } from '../model/run-log.ts'
import { giveToCaller, makeFolder } from '../support/caller.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../support/errors.ts'

/** Frames of a case as they were on its wires, in order of time. */
export interface Evidence {
  /** Zero of the times, in nanoseconds since 1970. */
  readonly epoch: bigint
  readonly frames: readonly EvidenceFrame[]
}

export interface EvidenceFrame {
  /** Its interface: `fw-a client`. */
  readonly on: string
  readonly at: Nanos
  readonly frame: Uint8Array
  /** `Link` code. */
  readonly link: number
  readonly comment: string
  /** As in `WireFrame`. */
  readonly what: 'packet' | 'control' | 'emitted' | 'stray'
  readonly way: 'sent' | 'seen'
  /** Index into the trace of its packet, or of the packet that it was emitted about; -1: none. */
  readonly index: number
}

/** The file of the frames, in the folder of a case. */
export const EVIDENCE_CAPTURE = 'capture.pcapng'
/** Its steps, what happened in each, and what each frame is. */
export const EVIDENCE_TIMELINE = 'timeline.json'
/** Target, setup and injections. */
export const EVIDENCE_CONFIGURATION = 'configuration.json'
/** What the devices had recorded, if they had. */
export const EVIDENCE_LOG = 'target.log'
/** The files of the folder; the folder is named by the content of this file. */
export const EVIDENCE_SUMS = 'SHA256SUMS'

/** The folder beside a log for the evidence of its cases. */
export const EVIDENCE = 'evidence'
/** The folder beside a log for what devices had recorded. */
export const COLLECTED = 'collected'

/** How the temporary name of what is being written begins, until it is complete. */
const UNFINISHED = 'unfinished-'

/**
 * Writes the folder of a case: its frames as pcapng, texts beside them, and the hashes of all. It is named by the hash of these hashes;
 * an existing folder of that name stays. Returns its name. Throws ERR_CAPTURE_WRITE.
 */
export function writeEvidence(
  place: string,
  { epoch, frames }: Evidence,
  texts: Readonly<Record<string, string>>,
): string {
  const unnamed = unfinishedIn(place, String(threadId))
  try {
    rmSync(unnamed, { recursive: true, force: true })
    makeFolder(unnamed, 0o700)
    const digests = new Map([
      [EVIDENCE_CAPTURE, writeFrames(join(unnamed, EVIDENCE_CAPTURE), { epoch, frames })],
    ])
    const write = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(unnamed, name), bytes, { mode: 0o600 })
      giveToCaller(join(unnamed, name))
    }
    for (const [name, text] of Object.entries(texts)) {
      const bytes = Buffer.from(text)
      write(name, bytes)
      digests.set(name, createHash('sha256').update(bytes).digest('hex'))
    }
    const sums = sumsText(digests)
    write(EVIDENCE_SUMS, Buffer.from(sums))
    const name = contentName(sums)
    if (!existsSync(join(place, name))) nameFolder(unnamed, join(place, name))
    return name
  } catch (thrown) {
    throw unwritten(place, thrown)
  } finally {
    discard(unnamed)
  }
}

function discard(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Its parent is not a folder, so it was never there; the error already thrown says so.
  }
}

function unwritten(place: string, thrown: unknown): FlowbreakError {
  const own = thrown instanceof FlowbreakError ? (thrown.cause ?? thrown) : thrown
  const full = own instanceof Error && 'code' in own && own.code === 'ENOSPC'
  const kept = 'the results until then are in the log'
  const message = full
    ? `The disk is full: the evidence in ${place} takes no more, and ${kept}; make room and resume the run.`
    : `The evidence in ${place} cannot be written (${reasonOf(own)}), and ${kept}; mend that and resume the run.`
  return new FlowbreakError('ERR_CAPTURE_WRITE', message, { exitCode: ExitCode.broken, cause: thrown })
}

/**
 * Stores a text in a file of a folder, named by its content; returns the file's name. It has its name only once it is complete, because
 * other workers that have the same text read it as soon as it is there. Throws the system's error.
 */
export function writeByContent(place: string, text: string): string {
  const name = `${contentName(text)}.txt`
  const file = join(place, name)
  if (existsSync(file)) return name
  makeFolder(place, 0o700)
  const unnamed = unfinishedIn(place, String(threadId))
  try {
    writeFileSync(unnamed, text, { mode: 0o600 })
    giveToCaller(unnamed)
    renameSync(unnamed, file)
    return name
  } finally {
    rmSync(unnamed, { force: true })
  }
}

/**
 * Removes from a folder of evidence, or of what devices had recorded, what no event names: of cases whose results are not in the log, and
 * what was not completed. Nobody may be writing there.
 */
export function removeUnnamed(place: string, events: readonly RunEvent[]): void {
  if (!existsSync(place)) return
  const named = new Set(events.flatMap(namesOf))
  for (const name of readdirSync(place))
    if (isUnfinished(name) || (CONTENT_NAME.test(name) && !named.has(name)))
      rmSync(join(place, name), { recursive: true, force: true })
}

/** The names of a case's evidence and of what devices had recorded. */
function namesOf(event: RunEvent): readonly string[] {
  if (event.type !== 'case-finished') return []
  return [event.evidence, event.collected].flatMap((path) => path?.split('/')[1] ?? [])
}

/** Whether a path is that of something beside a log that was not completed. */
export function isUnfinished(path: string): boolean {
  return basename(path).startsWith(UNFINISHED)
}

/** A path for what this process is writing, until it has its name; `which` distinguishes what it writes at once. */
export function unfinishedIn(place: string, which: string): string {
  return join(place, `${UNFINISHED}${process.pid}-${which}`)
}

/** Gives a folder its name; another worker may have made the same one in the meantime. */
export function nameFolder(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (thrown) {
    if (!existsSync(to)) throw thrown
  }
}

const CONTENT_NAME = /^[0-9a-f]{32}(?:\.txt)?$/

/** A name from the content: the first half of its SHA-256, hexadecimal, so that a path to it fits in a line. */
export function contentName(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}

/** The right content of `SHA256SUMS` in a complete folder of evidence. */
export function evidenceSums(folder: string): string {
  const names = readdirSync(folder).filter((name) => name !== EVIDENCE_SUMS)
  const digests = names.map((name) => {
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
    return [name, digest] as const
  })
  return sumsText(new Map(digests))
}

/** The content of `SHA256SUMS`, for the digests of files. */
function sumsText(digests: ReadonlyMap<string, string>): string {
  const names = [...digests.keys()].sort()
  return names.map((name) => `${digests.get(name)}  ${name}\n`).join('')
}

/** Returns the digest of the file. */
function writeFrames(file: string, { epoch, frames }: Evidence): string {
  const hash = createHash('sha256')
  using writer = new PcapngWriter(file, epoch, (bytes) => hash.update(bytes))
  /** Numbers of interfaces, by name and link type. */
  const interfaces = new Map<string, number[]>()
  for (const { on, link } of frames) {
    const numbers = interfaces.get(on) ?? []
    numbers[link] ??= writer.addInterface(on, link)
    interfaces.set(on, numbers)
  }
  for (const { on, at, frame, link, comment } of frames)
    writer.write(interfaces.get(on)?.[link] ?? 0, at, frame, comment)
  writer.close()
  return hash.digest('hex')
}
