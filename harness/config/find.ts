import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FlowbreakError } from '../support/errors.ts'

const ENDINGS = ['ts', 'js', 'mjs', 'json', 'yaml'] as const

/** The configuration of a folder or of the nearest one above it; undefined: there is none. ERR_CONFIG if a folder has two. */
export function findConfig(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = ENDINGS.map((ending) => join(at, `flowbreak.config.${ending}`)).filter((file) =>
      existsSync(file),
    )
    if (found.length > 1)
      throw new FlowbreakError(
        'ERR_CONFIG',
        `There is more than one configuration, ${found.join(' and ')}: keep one, or name one with --config.`,
      )
    if (found[0] !== undefined) return found[0]
    if (dirname(at) === at) return undefined
  }
}
