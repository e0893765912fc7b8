import { xmlText } from '../xml.ts'
import { figuresOfSystem, type LevelsOf, type Published, systemsOf } from './index-rows.ts'
import { INDEX_STYLE } from './index-style.ts'
import type { Standing } from './standing.ts'
import { LEGEND, LEVELS, levelWords, STANDING_MARKS, sharesThere } from './words.ts'

/** Capabilities that are listed without being asked for. */
const SHOWN = 3

/** `index.html` of the folder of published reports: opens from disk, requests nothing from the network, runs no script. */
export function indexHtml(published: readonly Published[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>flowbreak: conformance reports</title>
<style>
${INDEX_STYLE}</style>
</head>
<body>
<header><h1>Conformance reports</h1>
<p>What stateful firewalls do to connections that break midstream. Unmodified output of flowbreak, one folder an implementation and version; each says how to reproduce it.</p></header>
<main>
${published.length === 0 ? '<p>No report has been published yet.</p>' : `${overview(published)}\n${bySystem(published)}`}
<section><h2>Marks</h2><dl>${LEGEND.map(([standing, words]) => `<dt class="${classOf(standing)}">${STANDING_MARKS[standing]} ${standing}</dt><dd>${words}</dd>`).join('')}</dl></section>
</main>
</body>
</html>
`
}

function overview(published: readonly Published[]): string {
  const rows = published.map(({ folder, card }) => {
    const link = encodeURI(folder)
    const { flowbreak, startedAt } = card.run
    const cells = [
      levelCells(card, true),
      cell('verdicts known by', sharesThere(card.known).join('<br>')),
      cell('lacks', lacksCell(card)),
      cell('flowbreak', xmlText(flowbreak)),
      cell('run', `<time datetime="${xmlText(startedAt)}">${xmlText(startedAt.slice(0, 10))}</time>`),
    ]
    return `<tr><th scope="row"><a href="${xmlText(link)}/report.html">${title(card)}</a> <small><a href="${xmlText(link)}/README.md">reproduce</a></small></th>${cells.join('')}</tr>`
  })
  return `<section><h2>Implementations</h2><div class="scroll"><table class="overview"><thead><tr><th scope="col">implementation</th>${LEVELS.map((level) => `<th scope="col">${level}</th>`).join('')}<th scope="col">verdicts known by</th><th scope="col">lacks (cases)</th><th scope="col">flowbreak</th><th scope="col">run</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></section>`
}

/** A cell that names its column where there is no room for columns. */
function cell(of: string, content: string): string {
  return `<td data-of="${of}">${content}</td>`
}

/** What an implementation lacks, folded if it is much. */
function lacksCell({ lacks }: Published['card']): string {
  if (lacks.length === 0) return '–'
  const lines = lacks.map(({ capability, cases }) => `${xmlText(capability)} (${cases})`).join('<br>')
  if (lacks.length <= SHOWN) return lines
  const skipped = lacks.reduce((sum, { cases }) => sum + cases, 0)
  return `<details><summary>${lacks.length} capabilities (${skipped} cases)</summary>${lines}</details>`
}

function bySystem(published: readonly Published[]): string {
  const heads = published.map(({ card }) => `<th scope="colgroup" colspan="3">${title(card)}</th>`)
  const levels = published.map(() => LEVELS.map((level) => `<th scope="col">${level}</th>`).join(''))
  const rows = systemsOf(published).map((system) => {
    const cells = published.map((report) => {
      const figures = figuresOfSystem(report, system)
      return figures === undefined ? '<td colspan="3" class="s-none">not run</td>' : levelCells(figures)
    })
    return `<tr><th scope="row">${xmlText(system)}</th>${cells.join('')}</tr>`
  })
  return `<section><h2>By suites</h2><p>Cases as expected, of all cases.</p><div class="scroll"><table class="systems"><thead><tr><td></td>${heads.join('')}</tr><tr><th scope="col">suites</th>${levels.join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></section>`
}

function title(card: Published['card']): string {
  return `${xmlText(card.implementation)} ${xmlText(card.version)}`
}

function levelCells(levels: LevelsOf, isNamed = false): string {
  return LEVELS.map((level) => {
    const figures = levels[level]
    const standing = level === 'provisional' || figures.cases === 0 ? 'none' : figures.standing
    const name = isNamed ? ` data-of="${level}"` : ''
    return `<td class="figure ${classOf(standing)}"${name}>${levelWords(figures, level)}</td>`
  }).join('')
}

function classOf(standing: Standing): string {
  return `s-${standing.replaceAll(' ', '-')}`
}
