import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'

/** Programs needed to start a Redis with TLS, with their Debian packages. */
const PROGRAMS: Readonly<Record<string, string>> = { 'redis-server': 'redis-server', openssl: 'openssl' }

let missing: readonly string[] | undefined

/** Packages that are missing to start a Redis here; searched for once. */
export function missingPrograms(): readonly string[] {
  missing ??= Object.keys(PROGRAMS).filter((command) => !isThere(command))
  return missing
}

/** Throws ERR_STORE_MISSING if no Redis can be started here. */
export function requirePrograms(): void {
  const absent = missingPrograms()
  if (absent.length === 0) return
  const packages = absent.map((command) => PROGRAMS[command]).join(' ')
  throw new FlowbreakError(
    'ERR_STORE_MISSING',
    `Sharing "store" needs a Redis, and ${absent.join(' and ')} cannot be run here: apt-get install ${packages}, or name a Redis by endpoint=host:port.`,
    { exitCode: ExitCode.broken },
  )
}

function isThere(command: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => folder !== '' && canRun(join(folder, command)))
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
