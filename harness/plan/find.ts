import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, isAbsolute, join } from 'node:path'
import { listWords } from '../suite/words.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { FlowbreakError } from '../support/errors.ts'
import { compilePattern } from './pattern.ts'

const ENDINGS = ['.yaml', '.yml']
/** A folder of suites may hold lists of known failures. */
const NOT_SUITES = 'known-failures'

/**
 * The suite files that the arguments name, each once: a file, a folder, either of these in a root (without its ending if you like), or
 * a suite by its name or a pattern of names. Without arguments: all suites of the roots. Throws ERR_SUITE_NOT_FOUND, which
 * lists the suites that there are.
 */
export function findSuites(args: readonly string[], roots: readonly string[]): readonly string[] {
  const all = roots.flatMap(suitesIn)
  const found = args.length === 0 ? all : args.flatMap((arg) => suitesOf(arg, roots, all))
  if (found.length === 0)
    throw new FlowbreakError(
      'ERR_SUITE_NOT_FOUND',
      `There are no suites in ${listWords(roots)}. None was found.`,
    )
  return [...new Set(found)]
}

function suitesOf(arg: string, roots: readonly string[], all: readonly string[]): readonly string[] {
  // What begins here, or at the root of all files, is not looked for elsewhere.
  const isPlace = isAbsolute(arg) || /^\.\.?($|\/)/.test(arg)
  const places = [arg, ...(isPlace ? [] : roots.map((root) => join(root, arg)))]
  for (const place of places) {
    const files = suitesAt(place)
    if (files.length > 0) return files
  }
  // Neither is a pattern; an absolute path would not even be readable as one.
  const isPath = isPlace || /\.ya?ml$/.test(arg)
  const named = isPath ? [] : suitesNamed(arg, all)
  if (named.length > 0) return named
  if (statSync(arg, { throwIfNoEntry: false })?.isDirectory())
    throw new FlowbreakError(
      'ERR_SUITE_NOT_FOUND',
      `There are no suites in ${arg}: name a folder with files that end in .yaml or .yml, or a suite.`,
    )
  if (isPath)
    throw new FlowbreakError('ERR_SUITE_NOT_FOUND', `There is no suite file ${arg}: check the path.`)
  throw noSuite(arg, all)
}

function suitesNamed(name: string, all: readonly string[]): readonly string[] {
  const matches = compilePattern(name.replace(/\/+$/, ''))
  return all.filter((file) => matches(nameOf(file) ?? ''))
}

/** The file at a path, or with an ending, or all files if there is a folder. */
function suitesAt(path: string): readonly string[] {
  for (const file of [path, ...ENDINGS.map((ending) => path + ending)]) {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats?.isDirectory()) return suitesIn(file)
    if (stats !== undefined) return [file]
  }
  return []
}

function suitesIn(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === NOT_SUITES ? [] : suitesIn(path)
    return ENDINGS.includes(extname(entry.name)) ? [path] : []
  })
}

/** The name that a suite file gives itself, without parsing it as YAML. */
function nameOf(file: string): string | undefined {
  return /^suite:[ \t]*["']?([^\s"'#]+)/m.exec(readFileSync(file, 'utf8'))?.[1]
}

/** Suggests the suite or folder of suites that was probably meant; where none is near, names those of its folder, or all. */
function noSuite(arg: string, all: readonly string[]): FlowbreakError {
  const names = all.map((file) => nameOf(file) ?? file)
  const meant = didYouMean(arg, new Set([...names, ...names.map(folderOf)]))
  const siblings = names.filter((name) => folderOf(name) === folderOf(arg))
  const known =
    names.length === 0
      ? 'None was found.'
      : `There are ${(siblings.length === 0 ? names : siblings).join(', ')}.`
  return new FlowbreakError('ERR_SUITE_NOT_FOUND', `There is no suite "${arg}".${meant || ` ${known}`}`)
}

/** The part of a suite's name before its last slash. */
function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}
