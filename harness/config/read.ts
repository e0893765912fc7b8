import { dirname, extname } from 'node:path'
import { reportIssues } from '../suite/issues.ts'
import type { Path } from '../suite/problems.ts'
import { readYaml, type YamlFile } from '../suite/read.ts'
import { notAWord } from '../suite/words.ts'
import { FlowbreakError } from '../support/errors.ts'
import { loadModule } from '../support/load-module.ts'
import { isRecord } from '../support/record.ts'
import { isTarget } from '../target/shape.ts'
import { TARGET_KINDS } from '../target/targets.ts'
import type { FlowbreakConfig, LoadedConfig } from './config.ts'
import { configSchema } from './schema.ts'

/** Reads a configuration from a file. Throws ERR_CONFIG as `loadConfig` does. */
export async function readConfig(file: string): Promise<LoadedConfig> {
  return configOf((await READERS[extname(file)]?.(file)) ?? unreadable(file), file)
}

/** Checks the value of a file as a configuration. Throws like `loadConfig`. */
export function configOf({ value, place }: ReadConfig, file: string): LoadedConfig {
  const problems: string[] = []
  const report = (path: Path, message: string, on?: 'key') => problems.push(`${place(path, on)}: ${message}`)
  const parsed = configSchema.safeParse(value)
  if (!parsed.success) reportIssues(parsed.error.issues, [], value, report)
  checkKinds(isRecord(value) ? value.targets : undefined, report)
  if (problems.length > 0) throw new FlowbreakError('ERR_CONFIG', problems.join('\n'))
  return { ...(value as FlowbreakConfig), file, folder: dirname(file), place }
}

/** A value that was read, and the places of its parts. */
export interface ReadConfig {
  readonly value: unknown
  readonly place: LoadedConfig['place']
}

const READERS: Readonly<Record<string, (file: string) => Promise<ReadConfig>>> = {
  '.yaml': readText,
  '.yml': readText,
  '.json': readText,
  '.js': readModule,
  '.mjs': readModule,
  '.cjs': readModule,
  '.ts': readModule,
  '.mts': readModule,
}

async function readText(file: string): Promise<ReadConfig> {
  return placedIn(readYaml(file, 'ERR_CONFIG'), file)
}

/** The value of a YAML file, with places as messages show them. */
export function placedIn(yaml: YamlFile, file: string): ReadConfig {
  return {
    value: yaml.value,
    place: (path, on) => {
      const { line, column } = yaml.locate(path, on)
      return `${file}:${line}:${column}`
    },
  }
}

async function readModule(file: string): Promise<ReadConfig> {
  const { default: value } = await loadModule(file, 'configuration', 'ERR_CONFIG')
  if (value === undefined)
    throw new FlowbreakError(
      'ERR_CONFIG',
      `${file} has no default export: write export default defineConfig({ … }).`,
    )
  return { value, place: (path) => [file, ...(path.length === 0 ? [] : [path.join('.')])].join(': ') }
}

function unreadable(file: string): never {
  throw new FlowbreakError(
    'ERR_CONFIG',
    `${file} is not a configuration: name a .yaml, .json, .js, .mjs or .ts file.`,
  )
}

/** Reports unknown kinds, and names that are names of kinds, before anything is played. */
function checkKinds(targets: unknown, report: (path: Path, message: string, on?: 'key') => void): void {
  if (!isRecord(targets)) return
  for (const [name, target] of Object.entries(targets)) {
    // Every object inherits this name, so the grammar overlooks it.
    if (name === '__proto__') report(['targets', name], '"__proto__" cannot name a target.', 'key')
    if (TARGET_KINDS.includes(name))
      report(['targets', name], `"${name}" is the name of a kind of target: choose another.`, 'key')
    if (isTarget(target) || !isRecord(target) || typeof target.kind !== 'string') continue
    if (!TARGET_KINDS.includes(target.kind))
      report(['targets', name, 'kind'], notAWord(target.kind, 'a kind of target', TARGET_KINDS))
  }
}
