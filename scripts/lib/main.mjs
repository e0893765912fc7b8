import { fileURLToPath } from 'node:url'
import { SetupError, say } from './say.mjs'

/**
 * Runs a script's work in the project's root. A SetupError becomes one line and exit code 1; any other error is a mistake of ours
 * and keeps its trace.
 * @param {(root: string) => void | Promise<void>} work
 */
export async function main(work) {
  try {
    await work(fileURLToPath(new URL('../..', import.meta.url)))
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
