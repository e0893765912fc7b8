import { readdirSync, readFileSync } from 'node:fs'

const IMPORTS = /\b(?:from|import) ?\(?'(\.[^']+)'/g

/**
 * The modules of a folder that come to `file` by their imports, itself among them: what is made anew where that file is changed.
 * @param {string} dist URL of the folder
 */
export function importersOf(dist) {
  /** @type {Map<string, string[]>} */
  const importers = new Map()
  for (const name of readdirSync(new URL(dist), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js') || name.startsWith('bin/')) continue
    const { href } = new URL(name, dist)
    for (const [, specifier = ''] of readFileSync(new URL(href), 'utf8').matchAll(IMPORTS)) {
      const imported = new URL(specifier, href).href
      importers.set(imported, [...(importers.get(imported) ?? []), href])
    }
  }
  /** @param {string} file URL of the changed module */
  return (file) => {
    const reached = new Set([file])
    for (const module of reached) for (const importer of importers.get(module) ?? []) reached.add(importer)
    return reached
  }
}
