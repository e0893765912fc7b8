import { basename } from 'node:path'

/** An import as esbuild writes it, at the beginning of a statement: its default, its names, its namespace, and where from. */
const IMPORT =
  /(?<=^|[;}\n])import(?:\s+([\w$]+))?\s*,?\s*(?:\{([^}]*)\}|\*\s*as\s+([\w$]+))?\s*(?:from\s*)?"([^"]+)";/g
/** The exports of a part are its end. */
const EXPORT = /export\s*\{([^}]*)\};\s*$/
const LATE = /\bimport\("\.\/([^"]+)\.js"\)/g

/** @typedef {import('esbuild').Metafile['outputs'][string]['imports']} Imports */

/**
 * Makes one script of the parts that esbuild split a program into: each part becomes a function that runs when it is first imported,
 * as a module would. The script is an expression: see `asScript`; its `entry` is the name of the part that it begins with. Unlike a
 * bundle that esbuild itself makes of one piece, what is loaded late has no say in how the rest is written: that would turn
 * constants into variables, which costs hot loops.
 * @param {import('esbuild').BuildResult<{ write: false, metafile: true }>} built
 * @returns {string}
 */
export function joinParts({ outputFiles, metafile }) {
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, { imports }]) => [basename(path), imports]),
  )
  const parts = outputFiles.map(({ path, text }) => {
    const name = basename(path)
    return `${JSON.stringify(basename(path, '.js'))}(){${partOf(name, text, outputs.get(name) ?? [])}}`
  })
  return asScript(
    [
      '"use strict";',
      'const $made = {};',
      'const $part = (name) => $made[name] ??= $parts[name]();',
      'const $late = async (name) => $part(name);',
      `const $parts = {${parts.join(',\n')}};`,
      '$part($entry);',
    ].join('\n'),
  )
}

/**
 * A script that gives a function of what a script has not by itself, so that it can be run with code made before: `require`, `$load`,
 * which imports what is no part of it, `bundleUrl`, its own address, and `$entry`.
 * @param {string} text
 * @returns {string} in ASCII, which is read as it is and takes V8 half the memory
 */
export function asScript(text) {
  const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  const body = text.replaceAll(/(?<![.\w$])import\(/g, '$load(').replaceAll(/[\u0080-\uffff]/g, escaped)
  return `(function (require, $load, bundleUrl, $entry) {${body}\n})`
}

/**
 * The body of a part's function.
 * @param {string} name
 * @param {string} text
 * @param {Imports} imports a part that was not understood is an error of the build, not of a run
 */
function partOf(name, text, imports) {
  /** @type {string[]} */
  const first = []
  let late = 0
  const own = text
    .replace(IMPORT, (_, main, names, all, from) => {
      const source = from.startsWith('./') ? `$part("${basename(from, '.js')}")` : `require("${from}")`
      const bound = [main, all, names && `{${names.replaceAll(/ as /g, ':')}}`].filter(Boolean)
      first.push(bound.length === 0 ? source : `const ${bound.map((each) => `${each}=${source}`).join()}`)
      return ''
    })
    .replace(LATE, (_, part) => {
      late++
      return `$late("${part}")`
    })
  const there = imports.filter(({ kind, external }) => kind === 'import-statement' || !external).length
  if (first.length + late !== there)
    throw new Error(`${name} has ${there} imports, of which ${first.length + late} were understood.`)
  const [exported, names = ''] = EXPORT.exec(own) ?? ['']
  const given = names.split(',').map((each) => each.trim().replace(/^(\S+) as (\S+)$/, '$2:$1'))
  return `${first.join(';')};${own.slice(0, own.length - exported.length)}return{${given.join()}}`
}
