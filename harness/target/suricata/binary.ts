import { spawnSync } from 'node:child_process'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'

/** Earlier versions have neither a stream exception policy with `reject` nor verdicts in EVE. */
const LEAST_MAJOR = 7
const VERSION_LIMIT_MS = 20_000
const REMEDY =
  'apt-get install -t bookworm-backports suricata (on Debian 12), or name another one with the option binary'

/** A Suricata that can be run. */
export interface SuricataBinary {
  readonly path: string
  /** `7.0.10`. */
  readonly version: string
}

/**
 * Asks a Suricata for its version; `path`: of the program, or its name on the PATH. Throws ERR_SURICATA_MISSING if it cannot be run,
 * and ERR_SURICATA_VERSION if it is older than 7, both with the command to type.
 */
export function findSuricata(path: string): SuricataBinary {
  const { error, stdout, stderr } = spawnSync(path, ['-V'], { encoding: 'utf8', timeout: VERSION_LIMIT_MS })
  const said = `${stdout ?? ''}${stderr ?? ''}`
  const version = /version (\d+\.\d+\.\d+\S*)/.exec(said)?.[1]
  if (error !== undefined || version === undefined) {
    const problem = error === undefined ? 'does not say its version' : `cannot be run (${error.message})`
    throw broken('ERR_SURICATA_MISSING', `${path} ${problem}: ${REMEDY}.`)
  }
  if (Number.parseInt(version, 10) < LEAST_MAJOR)
    throw broken(
      'ERR_SURICATA_VERSION',
      `${path} is Suricata ${version}, and at least 7 is needed: ${REMEDY}.`,
    )
  return { path, version }
}

function broken(code: `ERR_${string}`, message: string): FlowbreakError {
  return new FlowbreakError(code, message, { exitCode: ExitCode.broken })
}
