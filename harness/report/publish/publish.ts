import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EVIDENCE, isUnfinished } from '../../log/evidence.ts'
import type { RunEvent } from '../../model/run-log.ts'
import { makeFolder } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../../support/errors.ts'
import { renderJson } from '../json.ts'
import { renderMarkdown } from '../markdown.ts'
import { type Card, cardOf } from './card.ts'
import { publishedPage } from './page.ts'
import { PUBLISHED_LOG, readCard } from './published.ts'
import { readmePage } from './readme.ts'
import { filesBelow, SUMS, sumsOf } from './sums.ts'

/** The folder in a published report that `flowbreak learn --publish` writes. */
export const LEARNED = 'learned'

export interface PublishOptions {
  /** The log of the run, plain or compressed. */
  readonly log: string
  readonly events: readonly RunEvent[]
  /** The folder of all published reports. */
  readonly to: string
  readonly name: { readonly implementation: string; readonly version: string }
  /** Whether to replace the report of another run. */
  readonly replace: boolean
}

/**
 * Writes the report of a run into `<to>/<implementation>/<version>/`, completely or not at all; the same run always gives the same
 * bytes. Throws ERR_PUBLISH if a report of another run is there, or nothing can be written.
 */
export function publishRun(options: PublishOptions): { readonly folder: string; readonly card: Card } {
  const { log, events, to, name, replace } = options
  const folder = join(to, name.implementation, name.version)
  const card = cardOf(events, name)
  if (existsSync(folder) && !replace) {
    const there = readCard(folder).run.id
    if (there !== card.run.id)
      throw new FlowbreakError(
        'ERR_PUBLISH',
        `${folder} already contains the report of run ${there}: publish ${card.run.id} under another name (--as), or replace that report (--replace).`,
      )
  }
  const temporary = `${folder}.${process.pid}.partial`
  try {
    rmSync(temporary, { recursive: true, force: true })
    makeFolder(temporary)
    // What was learned about the same system stays beside its report.
    if (existsSync(join(folder, LEARNED)))
      cpSync(join(folder, LEARNED), join(temporary, LEARNED), { recursive: true })
    fill(temporary, log, events, card)
    rmSync(folder, { recursive: true, force: true })
    renameSync(temporary, folder)
  } catch (thrown) {
    rmSync(temporary, { recursive: true, force: true })
    throw new FlowbreakError(
      'ERR_PUBLISH',
      `${folder} cannot be written (${reasonOf(thrown)}): name another folder.`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  }
  return { folder, card }
}

/** Evidence of a run is readable only for its owner; published files are readable for everybody whom the umask allows. */
function openToAll(folder: string): void {
  const open = 0o777 & ~process.umask()
  chmodSync(folder, open)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? open : open & 0o666)
}

function fill(folder: string, log: string, events: readonly RunEvent[], card: Card): void {
  const bytes = readFileSync(log)
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  writeFileSync(join(folder, PUBLISHED_LOG), packed ? bytes : gzipSync(bytes, { level: 9 }))
  writeFileSync(join(folder, 'summary.json'), cardText(card))
  writeFileSync(join(folder, 'report.json.gz'), gzipSync(renderJson(events), { level: 9 }))
  writeFileSync(join(folder, 'report.html'), publishedPage(events))
  const evidence = join(dirname(log), EVIDENCE)
  if (existsSync(evidence)) {
    cpSync(evidence, join(folder, EVIDENCE), { recursive: true, filter: (path) => !isUnfinished(path) })
    openToAll(join(folder, EVIDENCE))
  }
  const files = [...filesBelow(folder), 'README.md', SUMS]
    .filter((file) => !file.startsWith(`${EVIDENCE}/`) && !file.startsWith(`${LEARNED}/`))
    .concat([EVIDENCE, LEARNED].filter((each) => existsSync(join(folder, each))).map((each) => `${each}/`))
    .sort()
  writeFileSync(join(folder, 'README.md'), readmePage(card, renderMarkdown(events), files))
  writeFileSync(join(folder, SUMS), sumsOf(folder))
}

/** `summary.json`. */
export function cardText(card: Card): string {
  return `${JSON.stringify(card, null, 2)}\n`
}

/** A word for a path: letters, digits, dots, underscores and hyphens, and never `..` or a hidden file. */
export function pathWord(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[^\w.+-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80)
}
