import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './commands.ts'
import { PREFIX } from './names.ts'

/** Where it stands who owns which namespaces, a file a lab. */
const RECORDS = '/run/flowbreak-labs'

interface Owner {
  readonly pid: number
  /** When the process began, in the kernel's ticks: numbers of processes come again. */
  readonly started: string
}

/** Where files of a lab lie, once it is made. */
export function folderOf(lab: string): string {
  return join(RECORDS, `${lab}.d`)
}

/** Writes down that this process owns a lab, before anything of it is made. */
export async function own(lab: string): Promise<void> {
  await mkdir(RECORDS, { recursive: true })
  const owner: Owner = { pid: process.pid, started: (await startOf(process.pid)) ?? '' }
  await writeFile(join(RECORDS, lab), JSON.stringify(owner))
}

export async function disown(lab: string): Promise<void> {
  await rm(folderOf(lab), { recursive: true, force: true })
  await rm(join(RECORDS, lab), { force: true })
}

/** Removes what runs that were killed left behind; answers how many labs that were. */
export async function removeLeftovers(): Promise<number> {
  const labs = await readdir(RECORDS).catch(() => [])
  let removed = 0
  for (const lab of labs.filter((name) => !name.includes('.'))) {
    const text = await readFile(join(RECORDS, lab), 'utf8').catch(() => '')
    // A record that is just being written is not yet whole.
    const owner = ownerOf(text)
    if (owner === undefined || (await startOf(owner.pid)) === owner.started) continue
    await removeNamespaces(lab)
    await disown(lab)
    removed++
  }
  return removed
}

/** Ends what runs in the namespaces of a lab and removes them; with the last end of a link the link goes. */
export async function removeNamespaces(lab: string): Promise<void> {
  const names = (await readdir('/run/netns').catch(() => [])).filter((name) =>
    name.startsWith(`${PREFIX}-${lab}-`),
  )
  for (const name of names) {
    const pids = await run('ip', ['netns', 'pids', name])
    for (const pid of pids.split('\n').map(Number)) if (pid > 1 && pid !== process.pid) end(pid)
  }
  if (names.length > 0) await run('ip', ['-batch', '-'], names.map((name) => `netns del ${name}\n`).join(''))
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
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
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name in parentheses may hold spaces.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}
