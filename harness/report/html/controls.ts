import { OUTCOME_ORDER, STYLES } from '../outcomes.ts'
import { figure, type Markup, markup } from './client/markup.ts'
import type { ShownRun } from './sides.ts'
import type { PageIndex } from './view.ts'

/** The filters for cases: outcomes as buttons with their counts, text, suite, and the axes that make columns. */
export function controls(index: PageIndex, runs: readonly ShownRun[]): Markup {
  const chips = OUTCOME_ORDER.flatMap((outcome) => {
    const count = runs.reduce((sum, { summary }) => sum + summary.totals[outcome], 0)
    if (count === 0) return []
    const { mark, word } = STYLES[outcome]
    return markup`<button type="button" class="chip o-${outcome}" data-outcome="${outcome}" aria-pressed="false"><span class="chip-mark" aria-hidden="true">${mark}</span> <b>${figure(count)}</b> ${word}</button>`
  })
  const several = index.sides.length > 1
  const names = [...new Set(runs.flatMap(({ summary }) => summary.suites.map(({ name }) => name)))].sort()
  const folders = [
    ...new Set(names.flatMap((name) => (name.includes('/') ? [name.slice(0, name.indexOf('/'))] : []))),
  ]
  const options = [...folders.filter((name) => !names.includes(name)), ...names].sort()
  const axes = index.axes.map(
    ({ name, values, chosen }) =>
      markup`<label><input type="checkbox" value="${name}"${chosen && markup` checked`}>${name} <span class="quiet">${values.length}</span></label>`,
  )
  return markup`<form id="filters" class="controls" role="search">
<div class="chips" role="group" aria-label="Outcomes">${chips}${several && markup`<button type="button" class="chip" aria-pressed="false">differing only</button>`}</div>
<div class="fields"><label class="text"><span>Find</span><input id="find" type="search" placeholder="name, requirement, tag, document" autocomplete="off" spellcheck="false"></label>
<label><span>Suite</span><select id="suite"><option value="">all</option>${options.map((name) => markup`<option value="${name}">${name.includes('/') ? name : `${name}/…`}</option>`)}</select></label>
<details class="columns"><summary>Columns</summary><fieldset id="columns"><legend>Axes that make columns</legend>${axes}</fieldset></details>
<output id="count" for="find suite"></output></div>
</form>`
}
