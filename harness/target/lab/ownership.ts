import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from './commands.ts'
import { PREFIX } from './names.ts'

/** Records of which process owns which namespaces, one file for each lab. */
const RECORDS = '/run/flowbreak-labs'
/** Where `ip` keeps named namespaces. */
const NAMESPACES = '/run/netns'
/** How long a killed process may take to end, and how often to look. */
const ENDING_MS = 5000
const POLL_MS = 5

interface Owner {
  readonly pid: number
  /** When the process began, in the kernel's ticks: process ids are reused. */
  readonly started: string
}

/** The folder for files of a lab, once the lab exists. */
export function folderOf(lab: string): string {
  return join(RECORDS, `${lab}.d`)
}

/** Records that this process owns a lab, before anything of it is made. */
export async function own(lab: string): Promise<void> {
  await mkdir(RECORDS, { recursive: true })
  const owner: Owner = { pid: process.pid, started: (await startOf(process.pid)) ?? '' }
  await writeFile(join(RECORDS, lab), JSON.stringify(owner))
}

export async function disown(lab: string): Promise<void> {
  await rm(folderOf(lab), { recursive: true, force: true })
  await rm(join(RECORDS, lab), { force: true })
}

/** Removes what killed runs left behind; returns the number of labs removed. */
export async function removeLeftovers(): Promise<number> {
  const labs = await readdir(RECORDS).catch(() => [])
  let removed = 0
  for (const lab of labs.filter((name) => !name.includes('.'))) {
    const text = await readFile(join(RECORDS, lab), 'utf8').catch(() => '')
    // A record that is just being written is not complete yet.
    const owner = ownerOf(text)
    if (owner === undefined || (await startOf(owner.pid)) === owner.started) continue
    await removeNamespaces(lab)
    await disown(lab)
    removed++
  }
  return removed
}

/** Ends all processes in the namespaces of a lab and removes the namespaces; a link goes with the last of its ends. */
export async function removeNamespaces(lab: string): Promise<void> {
  const names = (await readdir(NAMESPACES).catch(() => [])).filter((name) =>
    name.startsWith(`${PREFIX}-${lab}-`),
  )
  if (names.length === 0) return
  const inodes = await Promise.all(names.map((name) => inodeOf(join(NAMESPACES, name))))
  const pids = await processesIn(new Set(inodes))
  for (const pid of pids) end(pid)
  await allEnded(pids)
  await run('ip', ['-batch', '-'], names.map((name) => `netns del ${name}\n`).join(''))
}

/** Processes whose network namespace is one of these, except this process. */
async function processesIn(inodes: ReadonlySet<number | undefined>): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 1 && pid !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const inode = await inodeOf(`/proc/${pid}/ns/net`)
      return inode !== undefined && inodes.has(inode) ? [pid] : []
    }),
  )
  return found.flat()
}

/** undefined: there is none, or not any more. */
async function inodeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.ino
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // The process has already ended.
  }
}

/** Waits until processes that were killed have ended, which takes a large one a while; but not for one that the kernel does not let go. */
async function allEnded(pids: readonly number[]): Promise<void> {
  const until = performance.now() + ENDING_MS
  for (const pid of pids) while ((await isRunning(pid)) && performance.now() < until) await sleep(POLL_MS)
}

/** Whether a process has not ended; one that its parent has not heard of yet has. */
async function isRunning(pid: number): Promise<boolean> {
  const [state] = (await fieldsOf(pid)) ?? ['Z']
  return state !== 'Z' && state !== 'X'
}

function ownerOf(text: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Owner>
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined
  } catch {
    return undefined
  }
}

/** When a process began (proc(5), field 22 of stat); undefined: there is none. */
async function startOf(pid: number): Promise<string | undefined> {
  return (await fieldsOf(pid))?.[19]
}

/** The fields of a process's stat from the third on, its state; undefined: there is none. */
async function fieldsOf(pid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name in parentheses may contain spaces.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}
