import { type Coverage, coverageOf, isGap } from '../author/cells/coverage.ts'
import { coverageText } from '../author/cells/text.ts'
import { screenOf } from '../report/screen.ts'
import { loadSuites } from '../run/suites.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { BufferedOutput } from './output.ts'
import { PLACES } from './version.ts'

/** `flowbreak sweep --coverage [SUITE…]`: which cells the cases of suites cover. */
export async function coverage(
  names: readonly string[],
  { json, ndjson, html }: { readonly json?: true; readonly ndjson?: true; readonly html?: string },
): Promise<ExitCode> {
  if (html !== undefined || ndjson)
    throw new FlowbreakError(
      'ERR_USAGE',
      '--coverage prints a table, or JSON with --json: leave the other away.',
    )
  const found = await coverageOf(loadSuites(names, PLACES).flatMap(({ cases }) => cases))
  const output = new BufferedOutput()
  const screen = screenOf(process.stdout, process.env)
  if (json) output.write(`${JSON.stringify(jsonOf(found))}\n`)
  else for (const line of coverageText(found, screen.columns, screen.colour)) output.write(`${line}\n`)
  output.flush()
  return ExitCode.ok
}

function jsonOf({ cells, cases }: Coverage) {
  const empty = cells.filter((cell) => cell.cases === 0)
  return {
    schema: 1,
    cases,
    totals: { cells: cells.length, empty: empty.length, gaps: empty.filter(isGap).length },
    cells: cells.map(({ rule, ...cell }) => ({
      ...cell,
      ...(cell.cases === 0 && rule !== undefined ? { emptyBy: rule.reason } : {}),
    })),
  }
}
