import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import { findSuites } from '../plan/find.ts'
import { loadSuites, rootsOf } from '../run/suites.ts'
import { asFlowbreakError, messageOf } from '../support/errors.ts'
import { PLACES } from './version.ts'

/** Editors write a file in several steps: changes within this many milliseconds count as one. */
const SETTLE = 150
const WATCHED = /\.(ya?ml|json|pcap|pcapng)$/

/**
 * Checks, and checks again when a file beside the suites or their captures changes, until it is interrupted. Earlier output
 * stays on the terminal; errors in a suite are printed, and a change is waited for.
 */
export async function watchSuites(
  names: readonly string[],
  check: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const watchers = new Map<string, FSWatcher>()
  let wake = () => {}
  let pending = false
  const changed = (_event: string, file: string | null): void => {
    if (file !== null && !WATCHED.test(file)) return
    pending = true
    wake()
  }
  const stop = (): void => wake()
  signal.addEventListener('abort', stop)
  try {
    while (!signal.aborted) {
      pending = false
      // Before the check, so that changes in the meantime are not missed.
      for (const folder of foldersOf(names))
        if (!watchers.has(folder)) {
          const watcher = watch(folder, changed)
          watcher.on('error', () => watcher.close())
          watchers.set(folder, watcher)
        }
      await checkAndTell(check, signal)
      if (signal.aborted) break
      process.stdout.write(`\n${new Date().toISOString()}  waiting for changes; Ctrl-C ends\n`)
      if (!pending)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, SETTLE))
    }
  } finally {
    signal.removeEventListener('abort', stop)
    for (const watcher of watchers.values()) watcher.close()
  }
}

async function checkAndTell(check: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await check()
  } catch (thrown) {
    if (signal.aborted) return
    const code = asFlowbreakError(thrown)?.code ?? 'ERR_INTERNAL'
    process.stderr.write(`flowbreak: ${messageOf(thrown)} (${code})\n`)
  }
}

/** The folders of the suites, and those of the captures of readable suites. */
function foldersOf(names: readonly string[]): readonly string[] {
  const roots = rootsOf('suites', PLACES)
  const files = findSuites(names, names.length === 0 ? roots.slice(0, 1) : roots)
  const captures = files.flatMap((file) => capturesOf(file))
  return [...new Set([...files, ...captures].map((file) => dirname(file)))]
}

function capturesOf(file: string): readonly string[] {
  try {
    return loadSuites([file], PLACES).flatMap(({ cases }) => cases.map(({ capture }) => capture))
  } catch {
    // The check reports what is wrong with it.
    return []
  }
}
