import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findSuites } from '../plan/find.ts'
import type { ProfileInStead } from '../suite/case-setup.ts'
import { type LoadedSuite, loadSuite } from '../suite/cases.ts'

/** Where suites and captures are looked for: the folder of whoever calls, then what the package brings. */
export function rootsOf(folder: 'suites' | 'captures', places: readonly string[]): readonly string[] {
  return [...new Set(places.map((place) => join(place, folder)))].filter((path) => existsSync(path))
}

/**
 * Loads the suites that arguments name (a file, a folder or a suite's name; none: all of the first place that has any).
 * `stead`: what profiles are replaced by in suites about any firewall.
 * Throws ERR_SUITE or ERR_SUITE_NOT_FOUND.
 */
export function loadSuites(
  args: readonly string[],
  places: readonly string[],
  stead?: ProfileInStead,
): readonly LoadedSuite[] {
  const roots = rootsOf('suites', places)
  const captures = rootsOf('captures', places)
  const found = findSuites(args, args.length === 0 ? roots.slice(0, 1) : roots)
  return found.map((file) => loadSuite(file, { captures, stead }))
}
