import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The package's own folder: two above this file, in the sources and in what is built of them. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The version in package.json. */
export function version(): string {
  const json: unknown = JSON.parse(readFileSync(`${PACKAGE_ROOT}package.json`, 'utf8'))
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown'
}

/** Where suites and captures are looked for: here, then in the package. */
export const PLACES: readonly string[] = [process.cwd(), PACKAGE_ROOT]
