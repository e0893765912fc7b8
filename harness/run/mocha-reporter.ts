import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import Mocha from 'mocha'
import type { Destination } from '../report/destinations.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { FlowbreakError } from '../support/errors.ts'

/** Reporters of mocha's that programs read. */
const ALONE: ReadonlySet<string> = new Set(['json', 'json-stream', 'xunit'])

/** Where a reporter of mocha's own goes; undefined: only the module that it is in knows. */
export function mochaDestination(name: string): Destination | undefined {
  if (!Object.hasOwn(Mocha.reporters, name)) return undefined
  return { name: `mocha:${name}`, alone: ALONE.has(name.toLowerCase()), printedOnly: true }
}

/**
 * A reporter for mocha: one of its own by name, or the path of a module; a module is looked for from the working directory, then
 * beside flowbreak. Throws ERR_REPORTER.
 */
export function mochaReporter(name: string): string {
  if (Object.hasOwn(Mocha.reporters, name)) return name
  for (const from of [join(process.cwd(), 'mocha'), import.meta.url])
    for (const module of [name, resolve(name)])
      try {
        return createRequire(from).resolve(module)
      } catch {
        // Not found.
      }
  throw new FlowbreakError(
    'ERR_REPORTER',
    `Mocha has no reporter "${name}", and no module of that name was found from ${process.cwd()}.${didYouMean(name, Object.keys(Mocha.reporters))}`,
  )
}
