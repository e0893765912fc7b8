import type { Target } from '../model/target.ts'
import type { Path } from '../suite/problems.ts'
import type { TargetSpec } from '../target/targets.ts'

/** More than any machine has cores, fewer than would leave none of its memory. */
export const MOST_WORKERS = 256

/**
 * What a project configures once instead of at every call. Relative paths start at the folder of the configuration file; the command line
 * overrides it.
 */
export interface FlowbreakConfig {
  /** By name, for `--target`: a kind with its options; a module can also give a target itself. */
  readonly targets?: Readonly<Record<string, TargetSpec | Target>> | undefined
  /** What `flowbreak run` plays by default: files, folders or names of suites. */
  readonly suites?: readonly string[] | undefined
  /** `name` or `name=file`, as for `--reporter`. */
  readonly reporter?: string | readonly string[] | undefined
  /** The folder for run logs. */
  readonly output?: string | undefined
  /** 0 or more. */
  readonly seed?: number | undefined
  /** 0 or more. */
  readonly retries?: number | undefined
  /** 1 to 256. */
  readonly workers?: number | undefined
  /** The file that lists cases known to fail. */
  readonly knownFailures?: string | undefined
  /** The Redis where `--queue config` and workers meet: `rediss://user:${NAME}@host`, with options (docs/queue.md). */
  readonly queue?: string | undefined
}

/** Gives a configuration its type: `export default defineConfig({ … })` in flowbreak.config.ts. */
export function defineConfig(config: FlowbreakConfig): FlowbreakConfig {
  return config
}

/** A configuration, and where it was read. */
export interface LoadedConfig extends FlowbreakConfig {
  /** Undefined: there is none. */
  readonly file: string | undefined
  /** Where relative paths start. */
  readonly folder: string
  /** The place of a value, `file:line:column`; in a module, the file and the value's name. */
  readonly place: (path: Path, on?: 'key') => string
}
