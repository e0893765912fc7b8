// Module hooks: a module imported by one with ?mutant=N gets the same mark if it comes to the file that the mutant is about, which gets
// its change. All others are shared between the mutants, compiled and warm.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { importersOf } from './reach.mjs'

/** @type {{ dist: string, mutants: { file: string, from: string, to: string }[] }} */
let data
/** @type {(file: string) => Set<string>} */
let reach
/** What comes to the file of a mutant, by its index. @type {Map<string, Set<string>>} */
const marked = new Map()

/** @param {typeof data} given */
export function initialize(given) {
  data = given
  reach = importersOf(given.dist)
}

/** @param {string} index */
function markedBy(index) {
  let urls = marked.get(index)
  if (urls === undefined) {
    urls = reach(data.dist + (data.mutants[Number(index)]?.file ?? ''))
    marked.set(index, urls)
  }
  return urls
}

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context)
  const [mark, index = ''] = /\?mutant=(\d+)$/.exec(context.parentURL ?? '') ?? []
  if (mark === undefined || resolved.url.includes('?') || !markedBy(index).has(resolved.url)) return resolved
  return { ...resolved, url: resolved.url + mark }
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
