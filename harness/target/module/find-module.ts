import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRecord } from '../../support/record.ts'

/** Whether a name is that of a file rather than of a package. */
export function isPath(name: string): boolean {
  return /^\.{0,2}[/\\]|\.[mc]?[jt]s$/.test(name)
}

/** The file of the module for a path or the name of a package, starting from that folder; undefined: there is none. */
export function findModule(name: string, folder: string): string | undefined {
  if (isPath(name)) {
    const file = resolve(folder, name)
    return existsSync(file) ? file : undefined
  }
  const require = createRequire(pathToFileURL(join(folder, 'package.json')))
  try {
    return require.resolve(name)
  } catch {
    // Not there, or only available to import; Node tells this only to importers.
  }
  for (const place of require.resolve.paths(name) ?? []) {
    const entry = importEntry(join(place, name))
    if (entry !== undefined) return entry
  }
  return undefined
}

/** The file that a package gives to importers. */
function importEntry(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return undefined
  const { exports } = JSON.parse(readFileSync(file, 'utf8')) as { readonly exports?: unknown }
  let entry: unknown = isRecord(exports) && '.' in exports ? exports['.'] : exports
  while (isRecord(entry)) entry = entry.node ?? entry.import ?? entry.default
  return typeof entry === 'string' ? join(folder, entry) : undefined
}
