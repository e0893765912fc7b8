import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FlowbreakError, messageOf } from './errors.ts'

/**
 * What a JavaScript or TypeScript module exports. TypeScript is for Node where it can, else for tsx, where that is installed
 * beside the module or beside flowbreak. `noun`: what the module is to be. Throws `code`.
 */
export async function loadModule(
  file: string,
  noun: string,
  code: `ERR_${string}`,
): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(file).href
  try {
    if (!/^\.[mc]?ts$/.test(extname(file)) || stripsTypes()) return unwrapped(await import(url))
    const tsx = findTsx(file)
    if (tsx !== undefined) return unwrapped(await (await import(tsx)).tsImport(url, import.meta.url))
  } catch (thrown) {
    throw new FlowbreakError(code, `The ${noun} ${file} cannot be loaded: ${sentence(messageOf(thrown))}`, {
      cause: thrown,
    })
  }
  throw new FlowbreakError(
    code,
    `The ${noun} ${file} is TypeScript, which Node ${process.versions.node} needs tsx for: type npm install --save-dev tsx.`,
  )
}

/** A module that was made for require() has its exports below its default one. */
function unwrapped(loaded: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const inner = loaded.default
  const nested = typeof inner === 'object' && inner !== null && '__esModule' in inner
  return nested ? (inner as Record<string, unknown>) : loaded
}

function stripsTypes(): boolean {
  return 'typescript' in process.features && Boolean(process.features.typescript)
}

/** Node gives the one for require() to whoever asks; beside it is the one for import. */
function findTsx(file: string): string | undefined {
  for (const from of [pathToFileURL(file).href, import.meta.url])
    try {
      return pathToFileURL(
        createRequire(from)
          .resolve('tsx/esm/api')
          .replace(/\.cjs$/, '.mjs'),
      ).href
    } catch {
      // Not installed there.
    }
  return undefined
}

function sentence(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? ''
  return /[.!?]$/.test(line) ? line : `${line}.`
}
