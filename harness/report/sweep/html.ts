import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { SweepMap } from '../../model/sweep.ts'
import { pageScript, styleOf } from '../html/assets.ts'
import { Markup, markup } from '../html/client/markup.ts'
import { viewOf } from './view.ts'

/** The map of a sweep as one page that opens from disk and requests nothing from the network. */
export function sweepPage(map: SweepMap): string {
  const { capture, flow, packets, endpoints } = map
  const view = viewOf(map)
  const script = pageScript('sweep')
  // Only this script may run, whatever else gets into the page.
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  const title = `${basename(capture)}, flow ${flow.id}`
  const breaks = view.breaks.map(
    ({ name }, at) =>
      markup`<label><input type="radio" name="break" value="${at}"${at === 0 && markup` checked`}> ${name}</label> `,
  )
  const only = view.axes.map((axis) => markup`<option value="${axis}">rows that differ over ${axis}</option>`)
  const legend = Object.entries(view.letters).map(
    ([letter, words]) => markup`<li><b>${letter}</b> ${words}</li>`,
  )
  const differs = view.axes.length > 0 && markup`<li><b>≠</b> differs over the axis above</li>`
  return `${markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sweep of ${title}</title>
<style>
${new Markup(styleOf('base', 'sweep'))}</style>
</head>
<body>
<main>
<h1>Sweep of ${title}</h1>
<p class="quiet">${flow.protocol} ${flow.client} to ${flow.server}, ${packets.length} packets, broken before each of them; ${endpoints} endpoints. Choose a cell to see what becomes of every packet, and the command that plays it again.</p>
<noscript><p>The map is drawn by the page's own script, which is switched off here.</p></noscript>
<div class="choices"><fieldset id="breaks"><legend>What breaks</legend>${breaks}</fieldset>
<p><label for="only">Show</label> <select id="only"><option value="">all rows</option>${only}</select></p></div>
<ul class="letters" aria-label="Legend">${legend}${differs}</ul>
<div class="panes"><section id="map" class="scroll" tabindex="0" role="region" aria-label="Map"></section>
<section id="place" aria-label="The chosen cell" aria-live="polite"><p class="quiet">No cell is chosen.</p></section></div>
</main>
<script type="application/json" id="sweep">${new Markup(JSON.stringify(view).replaceAll('<', '\\u003c'))}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`}`
}
