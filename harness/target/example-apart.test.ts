import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Seconds between packets, so that the peer has been told of what a host did before its own next packet comes. */
const APART = 1
const FILE_HEADER = 24
const RECORD_HEADER = 16

/** A copy of a capture whose packets are that far apart. */
export function apart(capture: string, folder: string): string {
  const bytes = readFileSync(capture)
  const start = bytes.readUInt32LE(FILE_HEADER)
  let seconds = 0
  for (let at = FILE_HEADER; at < bytes.length; at += RECORD_HEADER + bytes.readUInt32LE(at + 8)) {
    bytes.writeUInt32LE(start + seconds, at)
    bytes.writeUInt32LE(0, at + 4)
    seconds += APART
  }
  const copy = join(folder, basename(capture))
  writeFileSync(copy, bytes)
  return copy
}
