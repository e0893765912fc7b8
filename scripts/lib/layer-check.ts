import { posix } from 'node:path'
import { importsOf } from './imports.ts'

/** A breach of the import list, at a line of a file. */
export interface Breach {
  readonly file: string
  readonly line: number
  readonly message: string
}

interface Edge {
  readonly to: string
  readonly line: number
}

type Layers = Readonly<Record<string, readonly string[]>>

/**
 * All breaches of the import list and all import cycles.
 * @param sources text of each file by its path from the project's root, with slashes: `harness/wire/tcp.ts`
 * @param layers what each folder of harness/ may import from the others
 */
export function breaches(sources: ReadonlyMap<string, string>, layers: Layers): Breach[] {
  const graph = new Map<string, Edge[]>()
  const found: Breach[] = []
  for (const [file, source] of sources) {
    const edges: Edge[] = []
    if (layers[layerOf(file)] === undefined && !isTest(file)) {
      found.push({ file, line: 1, message: `${layerOf(file)} is not in the import list (scripts/layers.ts)` })
    }
    for (const { specifier, line } of importsOf(source)) {
      const target = specifier === undefined ? undefined : resolve(file, specifier)
      const message =
        specifier === undefined
          ? 'a computed path cannot be checked: write it out'
          : fault(file, specifier, layers)
      if (message !== undefined) found.push({ file, line, message })
      if (target !== undefined && sources.has(target)) edges.push({ to: target, line })
    }
    graph.set(file, edges)
  }
  return [...found, ...cycles(graph)]
}

function fault(file: string, specifier: string, layers: Layers): string | undefined {
  if (/^flowbreak($|\/)/.test(specifier)) return `imports ${specifier}, its own package: import the file`
  const target = resolve(file, specifier)
  if (target === undefined) return undefined
  if (!target.startsWith('harness/')) return `imports ${target}, which is outside harness/`
  if (isTest(file)) return undefined
  if (isTest(target)) return `imports ${target}, a test`
  const from = layerOf(file)
  const to = layerOf(target)
  const allowed = layers[from]
  if (from === to || allowed === undefined || allowed.includes(to)) return undefined
  return `imports ${target}, but ${from} may import ${allowed.length === 0 ? 'no other folder' : `only ${allowed.join(' ')}`}`
}

function resolve(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined
}

/** The folder of harness/ that a file is in, or the file's own name if it lies beside the folders. */
function layerOf(file: string): string {
  return file.split('/')[1] ?? file
}

function isTest(file: string): boolean {
  return /\.(test|contract)\.ts$/.test(file)
}

/** One breach for each import that closes a ring, found depth first. */
function cycles(graph: ReadonlyMap<string, readonly Edge[]>): Breach[] {
  const found: Breach[] = []
  const finished = new Set<string>()
  const visit = (file: string, road: readonly string[]): void => {
    for (const { to, line } of graph.get(file) ?? []) {
      const start = road.indexOf(to)
      if (start >= 0) {
        found.push({
          file,
          line,
          message: `closes a cycle of imports: ${[...road.slice(start), to].join(' -> ')}`,
        })
      } else if (!finished.has(to)) visit(to, [...road, to])
    }
    finished.add(file)
  }
  for (const file of graph.keys()) if (!finished.has(file)) visit(file, [file])
  return found
}
