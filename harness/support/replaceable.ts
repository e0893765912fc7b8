import { lstatSync, readlinkSync, statSync } from 'node:fs'

/**
 * Whether a path is free, or a file that another one may replace: no device or pipe, such as /dev/null, which everyone else would lose, nor a
 * name for what a process has open, such as /dev/stdout.
 */
export function isReplaceable(path: string): boolean {
  try {
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith('/proc/')) return false
    const there = statSync(path)
    return there.isFile() || there.isDirectory()
  } catch {
    // There is nothing; or nothing can be there, which whoever writes it will be told.
    return true
  }
}
