import type { RunEvent } from '../model/run-log.ts'
import { REPORTERS, type ReporterChoice } from '../report/index.ts'
import { screenOf } from '../report/screen.ts'
import { writeReport } from '../report/write-report.ts'

/** Makes reports of a run's events: into their files, or on standard output. */
export function deliverReports(choices: readonly ReporterChoice[], events: readonly RunEvent[]): void {
  for (const { name, file } of choices) {
    const { render } = REPORTERS[name]
    if (file === undefined) process.stdout.write(render(events, screenOf(process.stdout, process.env)))
    else {
      writeReport(file, render(events))
      process.stderr.write(`${name} report: ${file}\n`)
    }
  }
}
