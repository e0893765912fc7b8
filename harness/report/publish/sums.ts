import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file with the hashes of all other files of a published report, as `sha256sum -c` reads it. */
export const SUMS = 'SHA256SUMS'

/** The files below a folder, sorted, with slashes; only regular files count. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'))
    .sort()
}

/** The right content of `SHA256SUMS` in a folder: one line for each other file. */
export function sumsOf(folder: string): string {
  return filesBelow(folder)
    .filter((file) => file !== SUMS)
    .map((file) => `${hashOf(join(folder, file))}  ${file}\n`)
    .join('')
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
