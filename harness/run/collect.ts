import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { contentName } from '../log/evidence.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Session } from '../model/target.ts'
import { giveToCaller, makeFolder } from '../support/caller.ts'
import { messageOf } from '../support/errors.ts'

export interface CollectOptions {
  /** A folder beside the log. */
  readonly folder: string
  /** Removes secrets from the text. */
  readonly redact: (text: string) => string
}

/**
 * Fetches what the devices report about a replay that failed, and stores it in a file named by its content. Returns the file's
 * name relative to the log; undefined if the devices report nothing. If fetching fails, that is a warning: the verdicts stand.
 */
export async function collect(
  session: Session,
  { folder, redact }: CollectOptions,
  signal: AbortSignal,
  warn: (warning: RunEvent & { readonly type: 'warning' }) => void,
): Promise<string | undefined> {
  try {
    const text = redact((await session.collect?.(signal)) ?? '')
    if (text === '') return undefined
    const name = `${contentName(text)}.txt`
    makeFolder(folder, 0o700)
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    giveToCaller(join(folder, name))
    return `${basename(folder)}/${name}`
  } catch (thrown) {
    if (signal.aborted) return undefined
    warn({ type: 'warning', code: 'WARN_COLLECT', message: messageOf(thrown) })
    return undefined
  }
}
