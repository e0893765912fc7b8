import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * A system package, with the command or the file that proves it to be there. `suite` names the distribution suite that
 * has it where the release itself does not. For `tests`, `record` and `bench` only work on flowbreak itself needs it.
 * @typedef {{ package: string, command?: string, file?: string, for: ('start' | 'suites' | 'targets' | 'tests' | 'record' | 'bench')[], suite?: string, why: string }} Need
 */

/**
 * The one list of system packages, `scripts/needs.json`.
 * @returns {Need[]}
 */
export function readNeeds() {
  return JSON.parse(readFileSync(new URL('../needs.json', import.meta.url), 'utf8'))
}

/**
 * Whether the need's proof is found. Commands are looked up in PATH and in the administrator's folders, which a user's
 * PATH often lacks.
 * @param {Need} need
 * @param {string} [path] folders in the form of PATH
 */
export function isThere(need, path = process.env.PATH ?? '') {
  if (need.file !== undefined) return canAccess(need.file, constants.R_OK)
  const command = need.command ?? need.package
  const folders = [...path.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.some((folder) => folder !== '' && canAccess(join(folder, command), constants.X_OK))
}

/**
 * The needs of these purposes that are not there, in the list's order.
 * @param {readonly Need[]} needs
 * @param {readonly string[]} purposes
 * @param {(need: Need) => boolean} [there]
 */
export function missing(needs, purposes, there = isThere) {
  return needs.filter((need) => need.for.some((purpose) => purposes.includes(purpose)) && !there(need))
}

/**
 * @param {string} path
 * @param {number} mode
 */
function canAccess(path, mode) {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
