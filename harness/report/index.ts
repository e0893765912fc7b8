import { resolve } from 'node:path'
import type { RunEvent } from '../model/run-log.ts'
import { FlowbreakError } from '../support/errors.ts'
import { renderConsole } from './console.ts'
import { ctrfReport, renderCtrf } from './ctrf.ts'
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
  json: { render: renderJson, pieces: jsonReport },
  ndjson: { render: renderNdjson, pieces: ndjsonReport },
  junit: { render: renderJunit, pieces: junitReport },
  ctrf: { render: renderCtrf, pieces: ctrfReport },
  html: { render: renderHtml, pieces: (events) => htmlReport([events]), beside: htmlReport },
  markdown: { render: renderMarkdown },
  github: { render: renderGithub },
  sarif: { render: renderSarif },
}

export interface ReporterChoice {
  readonly name: ReporterName
  /** The output file; absent: standard output. */
  readonly file?: string
}

/** Reads `json` or `json=out/report.json`. Throws ERR_REPORTER, which lists the formats. */
export function parseReporter(text: string): ReporterChoice {
  const at = text.indexOf('=')
  const name = at < 0 ? text : text.slice(0, at)
  if (!isReporterName(name))
    throw new FlowbreakError(
      'ERR_REPORTER',
      `There is no reporter "${name}": use one of ${Object.keys(REPORTERS).join(', ')}.`,
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

/** Reads several. Throws ERR_REPORTER, also if two would write the same file, of which only the last would be left. */
export function parseReporters(texts: readonly string[]): readonly ReporterChoice[] {
  const choices = texts.map(parseReporter)
  checkFiles(choices)
  return choices
}

/** Throws ERR_REPORTER if two reports would be written to one file. */
export function checkFiles(choices: readonly ReporterChoice[]): void {
  const taken = new Map<string, ReporterName>()
  for (const { name, file } of choices) {
    if (file === undefined) continue
    const path = resolve(file)
    const other = taken.get(path)
    if (other !== undefined)
      throw new FlowbreakError(
        'ERR_REPORTER',
        `The reporters ${other} and ${name} would both write ${file}: give each a file of its own.`,
      )
    taken.set(path, name)
  }
}

function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(REPORTERS, name)
}
