import { readFileSync, statSync } from 'node:fs'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import { FlowbreakError, messageOf, reasonOf } from '../support/errors.ts'
import { type Path, type Place, Problems } from './problems.ts'

/** The value of a YAML file, and the places of its parts. */
export interface YamlFile {
  readonly value: unknown
  /** The place of the value at a path (or of its key); if there is none, of the nearest value around it. */
  locate(path: Path, on?: 'key'): Place
}

const MOST_BYTES = 8 * 1024 * 1024
const MOST_ALIASES = 100
const MOST_LEVELS = 64

/**
 * Reads a YAML file of at most 8 MiB. Throws `code` with every syntax error, including duplicate keys, as
 * `file:line:column: sentence`.
 */
export function readYaml(file: string, code: `ERR_${string}`): YamlFile {
  return parseYaml(readText(file, code), file, code)
}

/** Like `readYaml`, for text. */
export function parseYaml(text: string, file: string, code: `ERR_${string}`): YamlFile {
  const lines = new LineCounter()
  const document = parse(text, lines, file, code)
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const syntax = new Problems(file, (path) => placeOf(Number(path[0])))
  checkKeys(document, syntax, file, code)
  for (const problem of document.errors) syntax.report([problem.pos[0]], sentenceOf(problem))
  syntax.throwIfAny(code)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch (error) {
    throw new FlowbreakError(code, `${file}:1:1: The file cannot be read (${messageOf(error)}).`)
  }
  if (isDeeper(value, MOST_LEVELS))
    throw new FlowbreakError(code, `${file}:1:1: The file nests deeper than ${MOST_LEVELS} levels.`)
  return {
    value,
    locate(path, on) {
      let node: unknown = document.contents
      let offset = startOf(node) ?? 0
      for (const [depth, step] of path.entries()) {
        if (isAlias(node)) node = node.resolve(document)
        const entry = isMap(node)
          ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
          : undefined
        const last = depth === path.length - 1
        node = isSeq(node) ? node.items[Number(step)] : entry?.value
        const start = entry !== undefined && last && on === 'key' ? startOf(entry.key) : startOf(node)
        if (entry === undefined && node === undefined) break
        offset = start ?? startOf(entry?.key) ?? offset
      }
      return placeOf(offset)
    },
  }
}

/** A key of YAML 1.1, which would be taken for a name where names are free. */
const MERGE_KEY = '<<'

/** Reports keys that occur twice in a mapping, and merge keys. */
function checkKeys(document: Document, syntax: Problems, file: string, code: `ERR_${string}`): void {
  const checkMap = (_: unknown, { items }: YAMLMap) => {
    const seen = new Set<string>()
    for (const { key } of items) {
      if (!isScalar(key)) continue
      const text = String(key.value)
      if (seen.has(text)) syntax.report([startOf(key) ?? 0], 'This key was already given in this mapping.')
      seen.add(text)
      if (text === MERGE_KEY)
        syntax.report(
          [startOf(key) ?? 0],
          'Merge keys (<<) are not supported: write the keys out, or repeat a whole value by an anchor (&name) and an alias (*name).',
        )
    }
  }
  try {
    visit(document, { Map: checkMap })
  } catch (error) {
    throw new FlowbreakError(code, `${file}:1:1: The file cannot be read (${messageOf(error)}).`)
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1))
}

function readText(file: string, code: `ERR_${string}`): string {
  try {
    const { size } = statSync(file)
    if (size > MOST_BYTES)
      throw new FlowbreakError(
        code,
        `${file}:1:1: The file has ${size} bytes; at most 8 MiB are read: split it.`,
      )
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof FlowbreakError) throw error
    throw new FlowbreakError(code, `${file} cannot be read (${reasonOf(error)}): check the path.`, {
      cause: error,
    })
  }
}

function parse(text: string, lines: LineCounter, file: string, code: `ERR_${string}`) {
  try {
    return parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      // `checkKeys` does this; the parser compares every key with every other, which takes hours for a million of them.
      uniqueKeys: false,
      logLevel: 'error',
    })
  } catch (error) {
    // The parser recurses, so a file of nothing but brackets exhausts the stack.
    throw new FlowbreakError(code, `${file}:1:1: The file cannot be parsed (${messageOf(error)}).`)
  }
}

function sentenceOf(problem: { readonly message: string }): string {
  const text = problem.message.trim()
  return `${/[.!?]$/.test(text) ? text : `${text}.`}`
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined
  const start: unknown = node.range[0]
  return typeof start === 'number' ? start : undefined
}
