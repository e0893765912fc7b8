import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Kinds, with their folders, whose leftovers this process has already removed. */
const tidied = new Set<string>()

/** Folders whose removal failed. */
const unremoved = new Set<string>()

/**
 * Makes a folder for files of this process alone, `flowbreak-KIND-NAMESPACE-PID-…` in `within`; the caller removes it
 * by `removeScratch`. A process that was killed could not do that: the first call for a kind in another process removes such folders, and
 * ends what still runs in them.
 */
export function makeScratch(kind: string, within = tmpdir()): string {
  const own = `flowbreak-${kind}-${pidNamespace()}-`
  const looked = join(within, kind)
  if (!tidied.has(looked)) {
    tidied.add(looked)
    removeLeftovers(own, within)
  }
  return mkdtempSync(join(within, `${own}${process.pid}-`))
}

/**
 * Removes such a folder. If the process lacks something for that at the moment, such as a file descriptor, it is tried again with the next
 * folder and when the process ends.
 */
export function removeScratch(folder: string): void {
  if (unremoved.size === 0) process.once('exit', removeUnremoved)
  unremoved.add(folder)
  removeUnremoved()
  if (unremoved.size === 0) process.off('exit', removeUnremoved)
}

function removeUnremoved(): void {
  for (const folder of unremoved) {
    try {
      rmSync(folder, { recursive: true, force: true })
      unremoved.delete(folder)
    } catch {
      // It stays in the list.
    }
  }
}

/** Distinguishes containers, which may share a folder and have processes that others cannot see. */
function pidNamespace(): string {
  try {
    return String(statSync('/proc/self/ns/pid').ino)
  } catch {
    return '0'
  }
}

function removeLeftovers(own: string, within: string): void {
  for (const entry of listed(within)) {
    const [, owner] = entry.startsWith(own) ? (/^(\d+)-\w+$/.exec(entry.slice(own.length)) ?? []) : []
    const folder = join(within, entry)
    if (owner === undefined || isAlive(Number(owner)) || !isOurs(folder)) continue
    for (const pid of runningIn(folder)) end(pid)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether it is a folder of this user. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.()
}

/** Processes whose working directory is this folder. */
function runningIn(folder: string): readonly number[] {
  return listed('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return Number.isSafeInteger(pid) && pid > 1 && readlinkSync(`/proc/${pid}/cwd`) === folder
      } catch {
        return false
      }
    })
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // The process has already ended.
  }
}

/** Whether there is a process of that number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
