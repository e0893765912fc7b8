// Module hooks: whatever is imported by a module with ?mutant=N gets the same mark, and the file that the mutant is about its change.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folders whose modules judge and load rather than act: they are shared between mutants. */
const SHARED = /^(suite|plan|capture|model|grade|log|report)\//

/** @type {{ dist: string, mutants: { file: string, from: string, to: string }[] }} */
let data

/** @param {typeof data} given */
export function initialize(given) {
  data = given
}

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context)
  const mark = /\?mutant=\d+$/.exec(context.parentURL ?? '')
  if (mark === null || !resolved.url.startsWith(data.dist) || resolved.url.includes('?')) return resolved
  return SHARED.test(resolved.url.slice(data.dist.length))
    ? resolved
    : { ...resolved, url: resolved.url + mark[0] }
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  const [, path, index] = /^(.*)\?mutant=(\d+)$/.exec(url) ?? []
  if (path === undefined) return next(url, context)
  const source = readFileSync(fileURLToPath(path), 'utf8')
  const mutant = data.mutants[Number(index)]
  const changed =
    mutant !== undefined && path === data.dist + mutant.file
      ? source.replace(mutant.from, () => mutant.to)
      : source
  return { format: 'module', source: changed, shortCircuit: true }
}
