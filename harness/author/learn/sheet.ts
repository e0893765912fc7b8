import type { KnobValue } from '../../model/setup.ts'
import { GROUPS, KNOBS } from '../../profile/schema.ts'
import { markup } from '../../report/html/client/markup.ts'
import { type EvidenceEntry, firstOf, type KnobEntry, type ProfileDocument } from './document.ts'
import { type KnobName, valueText } from './knob-values.ts'
import { aboutOf, meaningOf } from './sentences.ts'
import type { TwinCheck } from './twin.ts'

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:76rem;margin:2rem auto;padding:0 1rem}
h1{line-height:1.2}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
caption{text-align:left;font-weight:600;font-size:1.2rem;padding:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #8886}
tbody th{font-weight:600;font-family:ui-monospace,monospace;font-size:.9em}
code{display:inline-block;font-family:ui-monospace,monospace;font-size:.85em;overflow-wrap:anywhere}
a{overflow-wrap:anywhere}
ul{margin:0;padding-left:1.1rem}
.otherwise{opacity:.75}
.scroll{overflow-x:auto}
@media (max-width:44rem){
thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
table,caption,tbody,tr,th,td{display:block}
tr{border-bottom:1px solid #8886;padding:.5rem 0}
th,td{border:0;padding:.1rem 0}
td[data-of]::before{content:attr(data-of);opacity:.75}
}
@media print{body{max-width:none;margin:0}tr{break-inside:avoid}}`

/**
 * The behavioural datasheet of a target as one page that opens from disk, asks the network for nothing and runs no script; beside its
 * captures, where the profile names some.
 */
export function renderSheet(document: ProfileDocument, twin?: TwinCheck): string {
  const { learned, knobs, unknown, troubles = [], unsteady, unexplained = [] } = document
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const rows = Object.entries(knobs).filter(([knob]) => KNOBS[knob as KnobName].group === group)
    return rows.length === 0 ? [] : [groupTable(title, rows)]
  })
  return `${markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${document.title}</h1>
<p>Target ${learned.target}${learned.version === '' ? '' : ` (${learned.version})`}: ${learned.probes} probes in ${learned.replays} replays, ${learned.packets} packets. ${Object.keys(knobs).length} knobs are known; nearest profile ${document.extends}.</p>
<p>Evidence is what came of the packets of a probe, one after the other: <code>F</code> forwarded, <code>D</code> dropped, <code>R</code> rejected, <code>A</code> answered, with what was sent to whom; below it, what would have come if the knob had another value.</p>
${list('What is wrong with the target', troubles)}${list('Answered in more than one way, or not at all', firstOf(unsteady))}${list('Explained by nothing that the reference can be', unexplained)}
${groups}
${twin === undefined ? '' : twinTable(twin)}
<div class="scroll"><table><caption>Unknown</caption><thead><tr><th scope="col">Knob</th><th scope="col">Why</th></tr></thead><tbody>
${Object.entries(unknown).map(([knob, reason]) => markup`<tr><th scope="row">${knob}</th><td>${reason}</td></tr>\n`)}</tbody></table></div>
</main>
</body>
</html>
`}`
}

function groupTable(title: string, rows: readonly (readonly [string, KnobEntry])[]) {
  return markup`<div class="scroll"><table><caption>${title}</caption><thead><tr><th scope="col">Knob</th><th scope="col">Value</th><th scope="col">What it means</th><th scope="col">Confidence</th><th scope="col">Evidence</th></tr></thead><tbody>
${rows.map(([knob, { value, confidence, evidence }]) => {
  const known = value as KnobValue
  const meaning = `${aboutOf(knob as KnobName)}: ${meaningOf(knob as KnobName, known)}`
  return markup`<tr><th scope="row">${knob}</th><td data-of="Value: ">${valueText(known)}</td><td>${meaning}</td><td data-of="Confidence: ">${confidence}</td><td><ul>${evidence.map(evidenceItem)}</ul></td></tr>\n`
})}</tbody></table></div>
`
}

function evidenceItem({ probe, came, otherwise = {}, packets }: EvidenceEntry) {
  const name = packets === undefined ? probe : markup`<a href="${encodeURI(packets)}">${probe}</a>`
  const others = Object.entries(otherwise).map(
    ([value, answer]) => markup`<br><span class="otherwise">${value}: <code>${answer}</code></span>`,
  )
  return markup`<li>${name} → <code>${came}</code>${others}</li>`
}

function twinTable({ cases, packets, agreed, agreements }: TwinCheck) {
  return markup`<div class="scroll"><table><caption>Held-out captures: ${agreed} of ${packets} packets in ${cases} broken captures as the reference with these knobs predicts</caption><thead><tr><th scope="col">Packets</th><th scope="col">Verdict</th><th scope="col">Played</th><th scope="col">Predicted</th></tr></thead><tbody>
${agreements.map((each) => markup`<tr><th scope="row">${each.class}</th><td data-of="Verdict: ">${each.verdict}</td><td data-of="Played: ">${each.packets}</td><td data-of="Predicted: ">${each.agreed}</td></tr>\n`)}</tbody></table></div>
`
}

function list(title: string, items: readonly string[]) {
  if (items.length === 0) return ''
  return markup`<h2>${title}</h2><ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>\n`
}
