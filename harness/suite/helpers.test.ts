import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { messageOf } from '../support/errors.ts'

/** A folder of files by relative path that is gone after `use`; for tests. */
export function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-suite-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What a call throws: its code and its lines, without the folder; for tests. */
export function thrownBy(
  call: () => unknown,
  folder: string,
): { readonly code: unknown; readonly lines: readonly string[] } {
  try {
    call()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return { code, lines: messageOf(error).replaceAll(`${folder}/`, '').split('\n') }
  }
  return { code: undefined, lines: [] }
}
