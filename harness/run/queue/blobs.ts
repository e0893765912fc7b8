import { createHash, type Hash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unfinishedIn } from '../../log/evidence.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import type { RunKeys } from './keys.ts'
import type { Link } from './link.ts'

/** A file that is transferred by its content. */
export interface Blob {
  /** Hexadecimal. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

/** Bytes of one key, so that files of any size fit and no command is long. */
const PART = 4 << 20

/** The number of files that this process has begun to fetch. */
let fetches = 0

/** Hashes a file without reading it into memory as a whole. Throws ERR_QUEUE_FILE. */
export function blobOf(file: string): Blob {
  const hash = createHash('sha256')
  let size = 0
  for (const part of partsOf(file)) {
    hash.update(part)
    size += part.length
  }
  return { sha256: hash.digest('hex'), size }
}

/** Uploads a file for others of the run; false if the key `must` no longer exists. */
export async function putBlob(
  link: Link,
  run: RunKeys,
  file: string,
  { must, sha256, ttl }: { readonly must: string; readonly sha256: string; readonly ttl: number },
): Promise<boolean> {
  let number = 0
  for (const part of partsOf(file)) {
    const name = `${sha256}.${number++}`
    const put = await link.run<number>('put', [must, run.blobs, run.blob(name)], [name, part, ttl])
    if (put === 0) return false
  }
  return true
}

/**
 * Fetches a file and verifies its hash; it gets its name only once it is complete. Throws ERR_QUEUE_FILE if it is not there (its run may be
 * over) or has other content.
 */
export async function fetchBlob(
  link: Link,
  run: RunKeys,
  { sha256, size }: Blob,
  file: string,
): Promise<void> {
  // Several may fetch the same at the same moment.
  const unfinished = unfinishedIn(dirname(file), `file-${fetches++}`)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const out = openSync(unfinished, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    for (let at = 0, number = 0; at < size; number++) {
      const part = await link.ask(() => link.redis.getBuffer(run.blob(`${sha256}.${number}`)))
      if (part === null || part.length === 0) throw refused(`of ${sha256} nothing is there after ${at} bytes`)
      for (let from = 0; from < part.length; ) from += writeSync(out, part, from)
      hash.update(part)
      at += part.length
    }
    checkHash(hash, sha256)
    renameSync(unfinished, file)
  } finally {
    closeSync(out)
    rmSync(unfinished, { force: true })
  }
}

/** Files that are fetched once, named by their content. */
export class BlobCache {
  readonly #folder: string
  readonly #fetched = new Map<string, Promise<string>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The path of the file, once it has been fetched. */
  file(link: Link, run: RunKeys, blob: Blob): Promise<string> {
    const { sha256 } = blob
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw refused(`${JSON.stringify(sha256)} is not a hash`)
    let fetched = this.#fetched.get(sha256)
    if (fetched === undefined) {
      const file = join(this.#folder, sha256)
      fetched = fetchBlob(link, run, blob, file).then(() => file)
      this.#fetched.set(sha256, fetched)
      fetched.catch(() => this.#fetched.delete(sha256))
    }
    return fetched
  }
}

function checkHash(hash: Hash, sha256: string): void {
  const found = hash.digest('hex')
  if (found !== sha256) throw refused(`what came as ${sha256} is ${found}`)
}

function* partsOf(file: string): Generator<Buffer> {
  const part = Buffer.allocUnsafe(PART)
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (thrown) {
    throw refused(`${file} cannot be read (${messageOf(thrown)})`)
  }
  try {
    for (;;) {
      const read = readSync(fd, part, 0, PART, null)
      if (read === 0) return
      yield part.subarray(0, read)
    }
  } finally {
    closeSync(fd)
  }
}

function refused(why: string): FlowbreakError {
  return new FlowbreakError('ERR_QUEUE_FILE', `A file of the run cannot be sent: ${why}.`, {
    exitCode: ExitCode.broken,
  })
}
