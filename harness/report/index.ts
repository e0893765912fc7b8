import type { RunEvent } from '../model/run-log.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { FlowbreakError } from '../support/errors.ts'
import { renderConsole } from './console.ts'
import { ctrfReport, renderCtrf } from './ctrf.ts'
import { checkDestinations, type Destination } from './destinations.ts'
import { renderGithub } from './github.ts'
import { htmlReport, renderHtml } from './html.ts'
import { jsonReport, renderJson } from './json.ts'
import { junitReport, renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { ndjsonReport, renderNdjson } from './ndjson.ts'
import { renderSarif } from './sarif.ts'
import type { Screen } from './screen.ts'

export interface Reporter {
  /** The whole report; `screen`: the abilities of its destination, for reports that are read at a terminal. */
  readonly render: (events: readonly RunEvent[], screen?: Screen) => string
  /** The same in pieces, for reports that grow with each case: the text of a large one is longer than a string can be. */
  readonly pieces?: (events: readonly RunEvent[]) => Iterable<string>
  /** Several runs side by side, for formats that can show this. */
  readonly beside?: (runs: readonly (readonly RunEvent[])[]) => Iterable<string>
  /** Whether it is one document, read by programs, and not text for people, of which several can stand in a row. */
  readonly alone?: true
}

export type ReporterName =
  | 'console'
  | 'json'
  | 'ndjson'
  | 'junit'
  | 'ctrf'
  | 'html'
  | 'markdown'
  | 'github'
  | 'sarif'

/** The report formats by name. */
export const REPORTERS: Readonly<Record<ReporterName, Reporter>> = {
  console: { render: renderConsole },
  json: { render: renderJson, pieces: jsonReport, alone: true },
  ndjson: { render: renderNdjson, pieces: ndjsonReport, alone: true },
  junit: { render: renderJunit, pieces: junitReport, alone: true },
  ctrf: { render: renderCtrf, pieces: ctrfReport, alone: true },
  html: { render: renderHtml, pieces: (events) => htmlReport([events]), beside: htmlReport, alone: true },
  markdown: { render: renderMarkdown },
  github: { render: renderGithub },
  sarif: { render: renderSarif, alone: true },
}

export interface ReporterChoice {
  readonly name: ReporterName
  /** The output file; absent: standard output. */
  readonly file?: string
}

/** The options of commands that make reports of earlier runs. */
export interface ReportersAsked {
  readonly reporter?: readonly string[]
  /** The same as a `reporter` more, `json`. */
  readonly json?: true
}

/** Reads `json` or `json=out/report.json`. Throws ERR_REPORTER, which lists the formats. */
export function parseReporter(text: string): ReporterChoice {
  const at = text.indexOf('=')
  const name = at < 0 ? text : text.slice(0, at)
  if (!isReporterName(name))
    throw new FlowbreakError(
      'ERR_REPORTER',
      `There is no reporter "${name}": use one of ${Object.keys(REPORTERS).join(', ')}.${didYouMean(name, Object.keys(REPORTERS))}`,
    )
  if (at < 0) return { name }
  const file = text.slice(at + 1)
  if (file === '')
    throw new FlowbreakError(
      'ERR_REPORTER',
      `"${text}" does not name a file: write ${name}=FILE, or ${name} alone.`,
    )
  return { name, file }
}

/** The reporters that are asked for, unread, or else `console`. */
export function reporterWords({ reporter = [], json }: ReportersAsked): readonly string[] {
  const asked = json ? [...reporter, 'json'] : reporter
  return asked.length > 0 ? asked : ['console']
}

/** Reads those that are asked for, or else `console`. Throws ERR_REPORTER, also for reports that would get in each other's way. */
export function parseReporters(asked: ReportersAsked): readonly ReporterChoice[] {
  const choices = reporterWords(asked).map(parseReporter)
  checkDestinations(choices.map(destinationOf))
  return choices
}

/** Where a report goes. */
export function destinationOf({ name, file }: ReporterChoice): Destination {
  return { name, file, alone: REPORTERS[name].alone ?? false }
}

function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(REPORTERS, name)
}
