import { basename } from 'node:path'
import { writeByContent } from '../log/evidence.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Session } from '../model/target.ts'
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
    return `${basename(folder)}/${writeByContent(folder, text)}`
  } catch (thrown) {
    if (signal.aborted) return undefined
    warn({ type: 'warning', code: 'WARN_COLLECT', message: messageOf(thrown) })
    return undefined
  }
}
