import { MARKS } from '../../log/marks.ts'
import type { RunSummary } from '../../log/summary.ts'
import type { Level } from '../../model/case.ts'
import type { Outcome } from '../../model/run-log.ts'
import type { Mark } from '../../model/setup.ts'
import type { runOf } from '../json.ts'
import { NEEDS_A_LOOK, OUTCOME_ORDER, STYLES } from '../outcomes.ts'
import { type Markup, markup } from './client/markup.js'
import type { View } from './view.ts'

const MARK_WORDS: Readonly<Record<Mark, string>> = {
  DOC: 'documentation',
  SRC: "a product's source",
  SEED: 'a source document',
  RUN: 'observed by experiment',
  MEM: 'memory',
  INF: 'inference',
}

/** The head of the page: what the run came to, its targets and what the verdicts rest on. */
export function overview(run: ReturnType<typeof runOf>, summary: RunSummary): Markup {
  const { targets, tally, marks, warnings } = summary
  const resting = MARKS.filter((mark) => marks[mark] > 0)
  return markup`<header class="page-head">
<div class="title"><h1>flowbreak</h1><p class="verdict ${verdictClass(summary)}">${verdictWords(summary)}</p></div>
<p class="run">run ${run.id}, <time datetime="${run.startedAt}">${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>, seed ${run.seed}, flowbreak ${run.flowbreak}, node ${run.node}</p>
${bar(summary)}
</header>
<div class="overview">
<section><h2>Targets</h2><table class="plain"><tbody>${targets.map(targetRow)}</tbody></table></section>
<section><h2>Verdicts</h2><table class="plain"><tbody>${(['core', 'extended', 'provisional'] as const).map((level) => levelRow(level, tally[level]))}</tbody></table></section>
<section><h2>Rest on</h2><table class="plain"><tbody>${resting.map((mark) => markup`<tr><th scope="row">${mark}</th><td class="figure">${figure(marks[mark])}</td><td>${MARK_WORDS[mark]}</td></tr>`)}</tbody></table></section>
${
  warnings.length > 0 &&
  markup`<section><h2>Warnings</h2><ul>${warnings.map(({ message, where }) => markup`<li>${message}${where !== undefined && markup` <small>${where}</small>`}</li>`)}</ul></section>`
}
</div>`
}

/** The bar above the matrix: outcomes as buttons that filter, text, suite and the axes that make columns. */
export function controls(view: View, { totals, suites }: RunSummary): Markup {
  const chosen = new Set(view.axes.slice(0, view.axes[0]?.name === 'target' ? 2 : 1).map(({ name }) => name))
  const chips = OUTCOME_ORDER.filter((outcome) => totals[outcome] > 0).map((outcome) =>
    chip(outcome, totals[outcome]),
  )
  return markup`<form class="controls" role="search" action="#">
<div class="chips" role="group" aria-label="Outcomes">${chips}</div>
<label class="text"><span>Find</span><input id="text" type="search" placeholder="name, requirement, tag, row" autocomplete="off" spellcheck="false"></label>
<label><span>Suite</span><select id="suite"><option value="">all</option>${suites.map(({ name }) => markup`<option>${name}</option>`)}</select></label>
<fieldset id="columns"><legend>Columns</legend>${view.axes.map(({ name, values }) => markup`<label><input type="checkbox" value="${name}"${chosen.has(name) && markup` checked`}>${name}<small>${values.length}</small></label>`)}</fieldset>
<output id="count"></output>
</form>`
}

function chip(outcome: Outcome, count: number): Markup {
  return markup`<button type="button" class="chip o-${outcome}" data-outcome="${outcome}" aria-pressed="false"><span class="chip-mark" aria-hidden="true">${STYLES[outcome].mark}</span> <b>${figure(count)}</b> ${STYLES[outcome].word}</button>`
}

function verdictClass({ totals, exitCode }: RunSummary): string {
  const worst = OUTCOME_ORDER.filter((outcome) => NEEDS_A_LOOK.has(outcome) && totals[outcome] > 0)[0]
  return worst === undefined ? (exitCode === 0 ? 'o-pass' : 'o-skipped') : `o-${worst}`
}

function verdictWords({ totals, cases, planned, reason, exitCode }: RunSummary): string {
  const look = OUTCOME_ORDER.filter((outcome) => NEEDS_A_LOOK.has(outcome)).reduce(
    (sum, outcome) => sum + totals[outcome],
    0,
  )
  const ended = {
    completed: '',
    bailed: `, bailed out after ${cases} of ${planned}`,
    interrupted: `, interrupted after ${cases} of ${planned}`,
    unfinished: `, unfinished: ${cases} of ${planned}`,
  }[reason]
  const all = cases === totals.skipped ? 'Nothing was played' : 'All as expected'
  return `${look === 0 ? all : `${look} of ${cases} cases need a look`}${ended} (exit code ${exitCode})`
}

/** Outcomes in proportion; the buttons below say the same in figures. */
function bar({ totals, cases }: RunSummary): Markup {
  const parts = OUTCOME_ORDER.filter((outcome) => totals[outcome] > 0).map(
    (outcome) =>
      markup`<i class="o-${outcome}" style="flex-grow:${((totals[outcome] / cases) * 100).toFixed(3)}"></i>`,
  )
  return markup`<div class="bar" aria-hidden="true">${parts}</div>`
}

function targetRow({ name, version, totals, lacks, problems }: RunSummary['targets'][number]): Markup {
  const outcomes = OUTCOME_ORDER.filter((outcome) => totals[outcome] > 0)
  return markup`<tr><th scope="row">${name} <small>${version ?? 'never ready'}</small></th><td>${outcomes.map((outcome) => markup`<span class="count o-${outcome}" title="${outcome}">${STYLES[outcome].mark} ${figure(totals[outcome])}</span> `)}${lacks.map(({ capability, cases }) => markup`<div class="lacks">lacks ${capability} <small>${cases} cases</small></div>`)}${problems.map((problem) => markup`<div class="problem">${problem}</div>`)}</td></tr>`
}

function levelRow(
  level: Level,
  { checked, met }: { readonly checked: number; readonly met: number },
): Markup | undefined {
  if (checked === 0) return undefined
  const note = level === 'provisional' ? 'agree; they fail nothing' : 'as expected'
  return markup`<tr><th scope="row">${level}</th><td class="figure">${figure(met)}</td><td>of ${figure(checked)} ${note}</td></tr>`
}

function figure(value: number): string {
  return value.toLocaleString('en')
}
