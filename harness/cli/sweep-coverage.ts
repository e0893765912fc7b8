import type { Command } from 'commander'
import { type Coverage, coverageOf, isGap } from '../author/cells/coverage.ts'
import { coverageText } from '../author/cells/text.ts'
import { screenOf } from '../report/screen.ts'
import { loadSuites } from '../run/suites.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { suitesNamed } from './configured.ts'
import { BufferedOutput } from './output.ts'
import { PLACES } from './version.ts'

/** Options that coverage heeds; any other would be ignored, as if it narrowed what is counted. */
const HEEDED = new Set(['coverage', 'json', 'config', 'debug'])

/** `flowbreak sweep --coverage [SUITE…]`: which cells the cases of suites cover. Throws ERR_USAGE for options of a sweep. */
export async function coverage(command: Command): Promise<ExitCode> {
  const strange = command.options.find(
    (option) =>
      !HEEDED.has(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (strange !== undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      `--coverage counts the cases of suites and breaks nothing: leave ${strange.long} out.`,
    )
  const { config, json } = command.opts<{ readonly config?: string; readonly json?: true }>()
  const suites = loadSuites(await suitesNamed(command.args, config), PLACES)
  const found = await coverageOf(suites.flatMap(({ cases }) => cases))
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
