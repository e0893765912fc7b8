import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FlowbreakConfig, LoadedConfig } from './config.ts'

/** The settings of a configuration for a run, with paths that are valid wherever the command is called. */
export function settingsOf(config: LoadedConfig): Omit<FlowbreakConfig, 'targets' | 'reporter' | 'queue'> & {
  readonly reporter?: readonly string[] | undefined
} {
  const { folder, suites, reporter, output, seed, retries, workers, knownFailures } = config
  const path = (text: string) => resolve(folder, text)
  return {
    // A suite may also be given by its name.
    suites: suites?.map((suite) => (existsSync(path(suite)) ? path(suite) : suite)),
    reporter: reporter === undefined ? undefined : [reporter].flat().map((text) => withPath(text, path)),
    output: output === undefined ? undefined : path(output),
    seed,
    retries,
    workers,
    knownFailures: knownFailures === undefined ? undefined : path(knownFailures),
  }
}

/** `json=report.json` with the file's absolute path. */
function withPath(reporter: string, path: (text: string) => string): string {
  const at = reporter.indexOf('=')
  return at < 0 ? reporter : `${reporter.slice(0, at + 1)}${path(reporter.slice(at + 1))}`
}
