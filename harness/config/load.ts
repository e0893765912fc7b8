import { resolve } from 'node:path'
import type { LoadedConfig } from './config.ts'
import { findConfig } from './find.ts'

/**
 * Reads the configuration that is named, or else the nearest one from the folder upwards, if there is one. Throws ERR_CONFIG with every
 * mistake, each as `place: sentence`.
 */
export async function loadConfig(named: string | undefined, folder = process.cwd()): Promise<LoadedConfig> {
  const file = named === undefined ? findConfig(folder) : resolve(folder, named)
  if (file === undefined) return noConfig(folder)
  // Loading the grammar of configurations takes longer than a small run, so it is loaded only if there is a configuration.
  const { readConfig } = await import('./read.ts')
  return readConfig(file)
}

/**
 * Reads the configuration for commands that take nothing from it but targets: one that is named, or the nearest one unless every target is
 * the built-in reference, which no configuration describes. Throws as `loadConfig` does.
 */
export async function loadConfigFor(
  targets: readonly string[],
  named?: string,
  folder = process.cwd(),
): Promise<LoadedConfig> {
  const isBuiltIn = named === undefined && targets.every((name) => name === 'reference')
  return isBuiltIn ? noConfig(folder) : loadConfig(named, folder)
}

function noConfig(folder: string): LoadedConfig {
  return { file: undefined, folder, place: () => folder }
}
