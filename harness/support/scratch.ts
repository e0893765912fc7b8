import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Kinds whose leftovers this process has looked for. */
const tidied = new Set<string>()

/**
 * Makes a folder for files of this process alone, `flowbreak-KIND-PID-…` below the system's for temporary ones; whoever asks for it
 * removes it. A process that was killed could not: the first of a kind that another one makes removes such folders, and ends what still
 * runs in them.
 */
export function makeScratch(kind: string): string {
  if (!tidied.has(kind)) {
    tidied.add(kind)
    removeLeftovers(kind)
  }
  return mkdtempSync(join(tmpdir(), `flowbreak-${kind}-${process.pid}-`))
}

function removeLeftovers(kind: string): void {
  const name = new RegExp(`^flowbreak-${kind}-(\\d+)-\\w+$`)
  for (const entry of listed(tmpdir())) {
    const [, owner] = name.exec(entry) ?? []
    if (owner === undefined || isAlive(Number(owner))) continue
    const folder = join(tmpdir(), entry)
    for (const pid of runningIn(folder)) end(pid)
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another user's.
    }
  }
}

/** Processes whose working directory that is. */
function runningIn(folder: string): readonly number[] {
  const pids = listed('/proc').map(Number)
  return pids.filter((pid) => {
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
    // It has ended by itself.
  }
}

function isAlive(pid: number): boolean {
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
