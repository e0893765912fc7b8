import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  mkdirSync,
  openSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'

/** A user and a group of this machine. */
export interface Caller {
  readonly uid: number
  readonly gid: number
}

/**
 * The user who called flowbreak through sudo, who gets the files that it writes, and as whom programs run that do not need root. Undefined
 * if it does not run as root, or root itself called it.
 */
export function sudoCaller(
  env: Readonly<Record<string, string | undefined>> = process.env,
  user = process.geteuid?.(),
): Caller | undefined {
  if (user !== 0) return undefined
  const uid = idOf(env.SUDO_UID)
  const gid = idOf(env.SUDO_GID)
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid }
}

/** Gives the file at a path to the user who called through sudo. Throws the system's error. */
export function giveToCaller(path: string): void {
  const caller = sudoCaller()
  if (caller !== undefined) chownSync(path, caller.uid, caller.gid)
}

/** Opens a file for writing; if it is new, it belongs to the user who called through sudo. Throws the system's error. */
export function openToWrite(path: string, flags: 'w' | 'a+', mode = 0o666): number {
  const caller = existsSync(path) ? undefined : sudoCaller()
  const fd = openSync(path, flags, mode)
  if (caller !== undefined) fchownSync(fd, caller.uid, caller.gid)
  return fd
}

/**
 * Makes a folder and its missing parents, which belong to the user who called through sudo. Throws the system's error. They are made one
 * by one: if none can be made, as in /proc or in a folder that was removed, Node 20 never finishes making them all at once.
 */
export function makeFolder(path: string, mode = 0o777): void {
  const lacking: string[] = []
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) lacking.push(folder)
  for (const folder of lacking.reverse()) {
    if (isMade(folder, mode)) giveToCaller(folder)
  }
  if (!statSync(path).isDirectory()) mkdirSync(path)
}

/** Makes one folder; false: somebody else, such as another worker, has made it meanwhile, and it is theirs. */
function isMade(folder: string, mode: number): boolean {
  try {
    mkdirSync(folder, { mode })
    return true
  } catch (thrown) {
    if (existsSync(folder)) return false
    throw thrown
  }
}

/** Writes a file, and makes its folder where there is none. Throws the system's error. */
export function writeInFolder(path: string, text: string): void {
  makeFolder(dirname(path))
  const fd = openToWrite(path, 'w')
  try {
    writeFileSync(fd, text)
  } finally {
    closeSync(fd)
  }
}

/** Any number of a user; -1 is excluded, because to the system it means "unchanged". */
function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined
  const id = Number(text)
  return id < 2 ** 32 - 1 ? id : undefined
}
