import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { RunEvent } from '../../model/run-log.ts'
import { messageOf } from '../../support/errors.ts'
import { renderJson } from '../json.ts'
import { cardOf } from '../publish/card.ts'
import { cardText } from '../publish/publish.ts'
import { SUMS, sumsOf } from '../publish/sums.ts'
import type { Finding } from './finding.ts'

/** Most bytes of an unpacked report: the length stated in a compressed file cannot be trusted. */
const MOST_UNPACKED = 500 << 20

/** Checks that the files of a published report are those that were published. */
export function checkFiles(folder: string): readonly Finding[] {
  const found = linesOf(sumsOf(folder))
  const listed = read(join(folder, SUMS))
  if (listed === undefined)
    return [{ check: 'files', message: `${SUMS} is missing: nothing says what was published.` }]
  const wanted = linesOf(listed)
  const findings: Finding[] = []
  for (const [file, hash] of wanted) {
    const there = found.get(file)
    if (there === undefined) findings.push({ check: 'files', message: `${file} is missing.` })
    else if (there !== hash)
      findings.push({ check: 'files', message: `${file} is not as it was published: its hash differs.` })
  }
  for (const file of found.keys())
    if (!wanted.has(file)) findings.push({ check: 'files', message: `${file} was not published.` })
  if (findings.length === 0 && listed !== sumsOf(folder))
    findings.push({ check: 'files', message: `${SUMS} is not as it was written.` })
  return findings
}

/** Checks that the summary and the JSON report of a published report follow from its log. */
export function checkRendered(folder: string, events: readonly RunEvent[]): readonly Finding[] {
  const path = resolve(folder)
  const name = { implementation: basename(dirname(path)), version: basename(path) }
  const findings: Finding[] = []
  if (read(join(folder, 'summary.json')) !== cardText(cardOf(events, name)))
    findings.push({
      check: 'summary',
      message: 'summary.json does not follow from the log, under the name of this folder.',
    })
  try {
    const logged = verdictsOf(renderJson(events))
    if (
      verdictsOf(
        gunzipSync(readFileSync(join(folder, 'report.json.gz')), {
          maxOutputLength: MOST_UNPACKED,
        }).toString(),
      ) !== logged
    )
      findings.push({ check: 'report', message: 'report.json.gz has other outcomes than the log.' })
  } catch (thrown) {
    findings.push({ check: 'report', message: `report.json.gz cannot be read (${messageOf(thrown)}).` })
  }
  return findings
}

/** What a JSON report says about each case, without fields that a later version may add. */
function verdictsOf(text: string): string {
  const { cases } = JSON.parse(text) as { cases: Record<string, unknown>[] }
  return JSON.stringify(cases.map(({ name, target, outcome, tally }) => [name, target, outcome, tally]))
}

function linesOf(text: string): Map<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  )
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
