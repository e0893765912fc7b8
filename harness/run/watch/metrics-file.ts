import { existsSync, renameSync, rmSync } from 'node:fs'
import { writeInFolder } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import type { RunMetrics } from './metrics.ts'

/** Milliseconds between two versions of the file. */
const PERIOD = 5000

/**
 * Keeps metrics in a file, for the textfile collector of node_exporter: rewritten from time to time and once more on
 * disposal, always completely; its folder is made. Throws ERR_METRICS, exit code 3, if it cannot be written; later errors are passed to `warn` once.
 */
export async function keepMetrics(
  metrics: RunMetrics,
  file: string,
  warn: (sentence: string) => void,
): Promise<AsyncDisposable> {
  const write = async () => {
    const text = await metrics.text()
    const next = `${file}.${process.pid}`
    try {
      writeInFolder(next, text)
      renameSync(next, file)
    } catch (thrown) {
      if (existsSync(next)) rmSync(next)
      throw new FlowbreakError(
        'ERR_METRICS',
        `The metrics file ${file} cannot be written (${messageOf(thrown)}): give --metrics another one.`,
        { exitCode: ExitCode.broken, cause: thrown },
      )
    }
  }
  await write()
  let isWell = true
  const again = () =>
    write().catch((thrown) => {
      if (isWell) warn(messageOf(thrown))
      isWell = false
    })
  const timer = setInterval(again, PERIOD).unref()
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await again()
    },
  }
}
