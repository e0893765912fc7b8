import { createHash } from 'node:crypto'
import type { RunEvent } from '../model/run-log.ts'
import { asciiMarkup, asciiScript, asciiStyle } from './html/ascii.ts'
import { pageScript, pageStyle } from './html/assets.ts'
import { Markup, markup } from './html/client/markup.ts'
import { controls } from './html/controls.ts'
import { overview } from './html/overview.ts'
import { pageData } from './html/page-index.ts'
import { shownRuns } from './html/sides.ts'

/** The report of one run as a page; see `renderRuns`. */
export function renderHtml(events: readonly RunEvent[]): string {
  return renderRuns([events])
}

/**
 * The report of one run, or of several side by side, as one page that opens from disk and requests nothing from the network: an
 * overview, a matrix, and everything that the log has about a case that is opened. The page has the log's own data, packed,
 * and draws from them on demand. The data of cases come last, so that the page can be used before they are read.
 */
export function renderRuns(logs: readonly (readonly RunEvent[])[]): string {
  return [...htmlReport(logs)].join('')
}

/** The same in pieces. `largest`: as for `pageData`. */
export function* htmlReport(logs: readonly (readonly RunEvent[])[], largest?: number): Generator<string> {
  const runs = shownRuns(logs)
  const { index, setups, blocks } = pageData(runs, largest)
  const script = asciiScript(pageScript())
  // Only this script may run, whatever else gets into the page.
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  // Base64, which is ASCII.
  const held = (id: string, text: string) =>
    `<script type="application/octet-stream" id="${id}">${text}</script>\n`
  yield asciiMarkup(
    `${markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>flowbreak ${runs.map(({ run }) => run.id).join(' and ')}</title>
<style>
${new Markup(asciiStyle(pageStyle()))}</style>
</head>
<body>
<main id="list">
<a class="skip" id="skip" href="#" hidden>Open the first case that needs a look</a>
${overview(runs)}
<noscript><p class="notice">The cases are drawn by the page's own script, which is switched off here.</p></noscript>
${controls(index, runs)}
<section id="look" aria-labelledby="h-look" hidden><h2 id="h-look">Needs a look</h2><div id="look-list"></div></section>
<section id="differ" aria-labelledby="h-differ" hidden><h2 id="h-differ">Outcomes that differ</h2><div id="differ-list"></div></section>
<section aria-labelledby="h-matrix"><div class="heading"><h2 id="h-matrix">Cases</h2><p class="legend">${legend(index)}</p><span class="buttons"><button type="button" id="open-all">Open all suites</button><button type="button" id="close-all">Close all</button></span></div>
<div id="matrix" class="scroll" tabindex="0" role="region" aria-label="Matrix"></div><p id="nothing" hidden>No case is like that.</p></section>
</main>
<main id="case-page" hidden><div id="case-bar"></div><article id="case" aria-labelledby="case-title"></article></main>
`}`,
  )
  yield `<script type="application/json" id="index">${embedded(index)}</script>\n`
  yield `<script>${script}</script>\n`
  yield held('setups', setups)
  for (const [at, block] of blocks.entries()) yield held(`block-${at}`, block)
  yield '</body>\n</html>\n'
}

/** JSON that is safe in a script element, whatever its texts contain. */
function embedded(value: unknown): string {
  return asciiScript(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

function legend({
  order,
  outcomes,
}: {
  readonly order: readonly string[]
  readonly outcomes: Readonly<Record<string, { readonly mark: string; readonly word: string }>>
}): readonly Markup[] {
  return order.map(
    (outcome) =>
      markup`<span><b class="o-${outcome}" aria-hidden="true">${outcomes[outcome]?.mark}</b> ${outcomes[outcome]?.word}</span> `,
  )
}
