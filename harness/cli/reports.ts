import type { RunEvent } from '../model/run-log.ts'
import { REPORTERS, type ReporterChoice } from '../report/index.ts'
import { screenOf } from '../report/screen.ts'
import { gathered, writeReport } from '../report/write-report.ts'
import { FlowbreakError } from '../support/errors.ts'

/** Makes reports of several runs side by side; ERR_REPORTER for a format that shows only one run. */
export function deliverBeside(
  choices: readonly ReporterChoice[],
  runs: readonly (readonly RunEvent[])[],
): void {
  const rendered = choices.map((choice) => {
    const { beside } = REPORTERS[choice.name]
    if (beside !== undefined) return { ...choice, pieces: beside(runs) }
    const able = Object.entries(REPORTERS).flatMap(([name, one]) => (one.beside === undefined ? [] : [name]))
    throw new FlowbreakError(
      'ERR_REPORTER',
      `${choice.name} shows one run: name one run, or use ${able.join(', ')} to see several side by side.`,
    )
  })
  for (const { name, file, pieces } of rendered) {
    if (file === undefined) print(pieces)
    else {
      writeReport(file, pieces)
      process.stderr.write(`${name} report: ${file}\n`)
    }
  }
}

/** Makes reports of a run's events, in their files or on standard output. */
export function deliverReports(choices: readonly ReporterChoice[], events: readonly RunEvent[]): void {
  for (const { name, file } of choices) {
    const { render, pieces } = REPORTERS[name]
    if (file === undefined) print(pieces?.(events) ?? [render(events, screenOf(process.stdout, process.env))])
    else {
      writeReport(file, pieces?.(events) ?? render(events))
      process.stderr.write(`${name} report: ${file}\n`)
    }
  }
}

function print(pieces: Iterable<string>): void {
  for (const text of gathered(pieces)) process.stdout.write(text)
}
