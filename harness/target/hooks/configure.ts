import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Setup } from '../../model/setup.ts'
import { makeScratch, removeScratch } from '../../support/scratch.ts'
import type { Hooks } from './hooks.ts'

/** Runs the hook that sets the appliances to a setup, which it finds in a file. */
export async function configure(hooks: Hooks, setup: Setup, signal: AbortSignal): Promise<void> {
  if (!hooks.has('configure')) return
  const folder = makeScratch('hook')
  try {
    const file = join(folder, 'setup.json')
    await writeFile(file, JSON.stringify(setup))
    await hooks.run('configure', { setup: file, policy: setup.policy.exception }, signal)
  } finally {
    removeScratch(folder)
  }
}

/** The version of the appliances: the first line that the hook `identify` prints; undefined: there is none. */
export async function identify(hooks: Hooks, signal: AbortSignal): Promise<string | undefined> {
  const [line = ''] = (await hooks.run('identify', {}, signal)).trim().split('\n')
  return line === '' ? undefined : line
}
