import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { portablePath } from '../log/portable.ts'
import type { Case } from '../model/case.ts'
import type { RunInput } from '../model/run-log.ts'

/** The suites and captures of cases, each once and with its hash, so that a report says what it was made from. */
export function inputsOf(
  cases: readonly Case[],
  folders: readonly string[],
): { readonly suites: readonly RunInput[]; readonly captures: readonly RunInput[] } {
  const hashed = (files: readonly string[]): RunInput[] =>
    [...new Set(files)]
      .map((file) => ({ file: portablePath(file, folders), sha256: sha256Of(readFileSync(file)) }))
      .sort((a, b) => (a.file < b.file ? -1 : 1))
  return {
    suites: hashed(cases.map(({ file }) => file)),
    captures: hashed(cases.map(({ capture }) => capture)),
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
