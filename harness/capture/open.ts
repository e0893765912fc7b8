import { closeSync, createReadStream, openSync, readSync, type Stats, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { PacketSource } from '../model/capture.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import { FileSource } from './file-source.ts'
import { formatOf, MAGIC_LENGTH, walkerFor } from './format.ts'
import { openPipe } from './open-pipe.ts'

/**
 * Opens a pcap or pcapng capture: a file of any size, a named pipe, or with `-` standard input (`options.stdin`
 * replaces it). `options.signal` ends the wait for a named pipe. Throws FlowbreakError, exit code 2: ERR_CAPTURE_MISSING,
 * ERR_CAPTURE_DIRECTORY, ERR_CAPTURE_OPEN, ERR_CAPTURE_EMPTY, ERR_CAPTURE_FORMAT. Damage after the first bytes is not thrown: the source
 * reports it.
 */
export async function openCapture(
  path: string,
  options: { readonly stdin?: Readable; readonly signal?: AbortSignal } = {},
): Promise<PacketSource> {
  if (path === '-') return openPipe('standard input', options.stdin ?? process.stdin)
  const stats = statOf(path)
  if (stats.isDirectory())
    throw new FlowbreakError('ERR_CAPTURE_DIRECTORY', `${path} is a directory: name a capture file in it.`)
  if (stats.isFIFO()) return openPipe(path, await namedPipe(path, options.signal))
  if (!stats.isFile()) return openPipe(path, createReadStream(path))
  return openFile(path)
}

/** Whether it can be read only once: standard input or a named pipe. What cannot be examined is none: whoever opens it says why. */
export function isPipe(path: string): boolean {
  try {
    return path === '-' || statSync(path).isFIFO()
  } catch {
    return false
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (thrown) {
    throw cannotOpen(path, thrown)
  }
}

async function namedPipe(path: string, signal: AbortSignal | undefined): Promise<Readable> {
  const { openNamedPipe } = await import('./named-pipe.ts')
  try {
    return openNamedPipe(path, signal)
  } catch (thrown) {
    throw cannotOpen(path, thrown)
  }
}

function openFile(path: string): PacketSource {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const first = new Uint8Array(MAGIC_LENGTH)
    const got = readSync(fd, first, 0, MAGIC_LENGTH, 0)
    return new FileSource(path, fd, walkerFor(formatOf(first.subarray(0, got), path)))
  } catch (thrown) {
    if (fd !== undefined) closeSync(fd)
    throw thrown instanceof FlowbreakError ? thrown : cannotOpen(path, thrown)
  }
}

function cannotOpen(path: string, thrown: unknown): FlowbreakError {
  const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
  return missing
    ? new FlowbreakError('ERR_CAPTURE_MISSING', `There is no capture ${path}: check the path.`)
    : new FlowbreakError('ERR_CAPTURE_OPEN', `${path} cannot be read (${messageOf(thrown)}).`, {
        cause: thrown,
      })
}
