import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The package's own folder: two levels above this file, in the sources and in the build. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The version in package.json. */
export function version(): string {
  const json: unknown = JSON.parse(readFileSync(`${PACKAGE_ROOT}package.json`, 'utf8'))
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown'
}

/** Where suites and captures are searched for: the working directory, then the package. */
export const PLACES: readonly string[] = [process.cwd(), PACKAGE_ROOT]
