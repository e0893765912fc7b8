import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import { CARD_SCHEMA, type Card } from './card.ts'

/** The log in a published report. */
export const PUBLISHED_LOG = 'run.ndjson.gz'
const CARD = 'summary.json'

/** The card of a published report. Throws ERR_PUBLISHED. */
export function readCard(folder: string): Card {
  const file = join(folder, CARD)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    throw new FlowbreakError(
      'ERR_PUBLISHED',
      `${file} is not the summary of a published report (${messageOf(thrown)}).`,
    )
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (schema === CARD_SCHEMA) return value as Card
  throw new FlowbreakError(
    'ERR_PUBLISHED',
    `${file} has version ${JSON.stringify(schema)}, but this flowbreak reads version ${CARD_SCHEMA}.`,
  )
}

/** Whether a folder is that of a published report. */
export function isPublished(folder: string): boolean {
  return existsSync(join(folder, CARD)) && existsSync(join(folder, PUBLISHED_LOG))
}

/** The published reports below a folder, by name and version; folders without a report are skipped. */
export function publishedBelow(to: string): readonly { readonly folder: string; readonly card: Card }[] {
  const order = new Intl.Collator('en', { numeric: true })
  return foldersOf(to)
    .flatMap((implementation) =>
      foldersOf(join(to, implementation)).map((version) => join(implementation, version)),
    )
    .filter((folder) => isPublished(join(to, folder)))
    .sort(order.compare)
    .map((folder) => ({ folder: folder.replaceAll('\\', '/'), card: readCard(join(to, folder)) }))
}

function foldersOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  )
}
