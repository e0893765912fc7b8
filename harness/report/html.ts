import { createHash } from 'node:crypto'
import { type CaseResult, caseResults } from '../log/cases.ts'
import { summarise } from '../log/summary.ts'
import type { RunEvent } from '../model/run-log.ts'
import { axesOf } from './axes.ts'
import { pageScript, pageStyle } from './html/assets.ts'
import { caseView } from './html/case-view.ts'
import { Markup, markup } from './html/client/markup.js'
import { controls, overview } from './html/overview.ts'
import type { View } from './html/view.ts'
import { Words } from './html/words.ts'
import { runOf } from './json.ts'
import { OUTCOME_ORDER, STYLES } from './outcomes.ts'

/**
 * The report as one page that opens from disk and asks the network for nothing: a summary, the matrix of cases, and for the
 * case that is opened a ladder of its packets, drawn from what stands in the page as JSON.
 */
export function renderHtml(events: readonly RunEvent[]): string {
  const results = caseResults(events)
  const summary = summarise(events)
  const view = viewOf(results)
  const script = `\n${pageScript()}`
  // Only this script may run, whatever else the page came to hold.
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  const run = runOf(events)
  return `${markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>flowbreak ${run.id}</title>
<style>
${new Markup(pageStyle())}</style>
</head>
<body>
${overview(run, summary)}
${controls(view, summary)}
<main>
<div class="cases"><div id="matrix" class="scroll"></div><p id="nothing" hidden>No case is like that.</p></div>
<aside id="case" aria-labelledby="case-title" hidden></aside>
</main>
<noscript>The matrix and the ladders are drawn by the page's own script, which is switched off here.</noscript>
<script type="application/json" id="data">${new Markup(embedded(view))}</script>
<script type="module">${new Markup(script)}</script>
</body>
</html>
`}`
}

function viewOf(results: readonly CaseResult[]): View {
  const words = new Words()
  const targets = [...new Set(results.map(({ target }) => target))]
  const several = targets.length > 1
  return {
    outcomes: STYLES,
    order: OUTCOME_ORDER,
    axes: [...(several ? [{ name: 'target', values: targets }] : []), ...axesOf(results)],
    cases: results.map((result) => caseView(result, several, words)),
    words: words.list,
  }
}

/** JSON that can stand in a script element, whatever its texts hold. */
function embedded(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
