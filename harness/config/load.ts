import { resolve } from 'node:path'
import type { LoadedConfig } from './config.ts'
import { findConfig } from './find.ts'

/**
 * Reads the configuration that is named, or the nearest one from the folder upwards, or none. Throws ERR_CONFIG with every mistake,
 * each as `place: sentence`.
 */
export async function loadConfig(named: string | undefined, folder = process.cwd()): Promise<LoadedConfig> {
  const file = named === undefined ? findConfig(folder) : resolve(folder, named)
  if (file === undefined) return { file, folder, place: () => folder }
  // The grammar of configurations takes longer to load than a small run takes: only who has one waits for it.
  const { readConfig } = await import('./read.ts')
  return readConfig(file)
}
