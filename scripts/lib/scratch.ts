import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A temporary project folder of one test. */
export interface Scratch {
  readonly root: string
  /** The absolute path of a name in the folder. */
  path(name: string): string
  /** Writes a file, with the folders that it is in, and returns its absolute path. */
  write(name: string, text?: string): string
  remove(): void
}

/** Makes an empty temporary folder; the test removes it. */
export function scratch(): Scratch {
  const root = mkdtempSync(join(tmpdir(), 'flowbreak-scripts-'))
  const path = (name: string): string => join(root, name)
  return {
    root,
    path,
    write(name, text = '') {
      mkdirSync(dirname(path(name)), { recursive: true })
      writeFileSync(path(name), text)
      return path(name)
    },
    remove: () => rmSync(root, { recursive: true }),
  }
}

/** Runs the work and gives what it wrote to standard error meanwhile, and what it threw. */
export async function heard(work: () => unknown): Promise<{ told: string; thrown: unknown }> {
  const write = process.stderr.write
  let told = ''
  process.stderr.write = (chunk: string | Uint8Array): boolean => {
    told += String(chunk)
    return true
  }
  try {
    await work()
    return { told, thrown: undefined }
  } catch (thrown) {
    return { told, thrown }
  } finally {
    process.stderr.write = write
  }
}
