import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FlowbreakError, messageOf } from './errors.ts'

/**
 * The exports of a JavaScript or TypeScript module. TypeScript is loaded by Node if it can, otherwise by tsx, if that is installed
 * beside the module or beside flowbreak. `noun`: what the module is supposed to be. Throws `code`.
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

/** The exports of a CommonJS module are inside its default export. */
function unwrapped(loaded: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const inner = loaded.default
  const nested = typeof inner === 'object' && inner !== null && '__esModule' in inner
  return nested ? (inner as Record<string, unknown>) : loaded
}

function stripsTypes(): boolean {
  return 'typescript' in process.features && Boolean(process.features.typescript)
}

/** Node resolves to the file for require(); the file for import is beside it. */
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
