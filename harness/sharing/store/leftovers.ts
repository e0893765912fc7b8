import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Folders of servers are named by the process that started them: `flowbreak-store-1234-Xy1zAb`. */
export const FOLDER_PREFIX = 'flowbreak-store-'
export const PID_FILE = 'redis.pid'

/** Ends the servers, and removes their folders, that processes left behind which are no more. */
export function removeLeftovers(parent: string = tmpdir()): void {
  for (const name of readdirSync(parent)) {
    const [, owner] = /^flowbreak-store-(\d+)-/.exec(name) ?? []
    if (owner === undefined || isAlive(Number(owner))) continue
    const folder = join(parent, name)
    endServer(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The server of a folder is the process that it names, if that still runs in it: numbers of processes are used again. */
function endServer(folder: string): void {
  const file = join(folder, PID_FILE)
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (pid <= 1 || !isAlive(pid)) return
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) === folder) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself, or is another user's.
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
