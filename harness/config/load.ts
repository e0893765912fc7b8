import { resolve } from 'node:path'
import type { LoadedConfig } from './config.ts'
import { findConfig } from './find.ts'

/**
 * Reads the configuration that is named, or else the nearest one from the folder upwards, if there is one. Throws ERR_CONFIG with every
 * mistake, each as `place: sentence`.
 */
export async function loadConfig(named: string | undefined, folder = process.cwd()): Promise<LoadedConfig> {
  const file = named === undefined ? findConfig(folder) : resolve(folder, named)
  if (file === undefined) return { file, folder, place: () => folder }
  // Loading the grammar of configurations takes longer than a small run, so it is loaded only if there is a configuration.
  const { readConfig } = await import('./read.ts')
  return readConfig(file)
}
