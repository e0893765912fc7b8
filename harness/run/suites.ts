import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findSuites } from '../plan/find.ts'
import type { ProfileInStead } from '../suite/case-setup.ts'
import { type LoadedSuite, loadSuite } from '../suite/cases.ts'

/** The folders that are searched for suites or captures: that folder of each place that has one, in order. */
export function rootsOf(folder: 'suites' | 'captures', places: readonly string[]): readonly string[] {
  return [...new Set(places.map((place) => join(place, folder)))].filter((path) => existsSync(path))
}

/**
 * Loads suites.
 * @param args files, folders or names of suites; none: all suites of the first place that has any
 * @param places folders that may have the folders `suites` and `captures`
 * @param stead the profile that suites about any firewall get in place of their own
 * @throws ERR_SUITE, ERR_SUITE_NOT_FOUND
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
