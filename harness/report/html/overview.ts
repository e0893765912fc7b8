import { MARKS } from '../../log/marks.ts'
import type { RunSummary } from '../../log/summary.ts'
import type { Level } from '../../model/case.ts'
import { allWords, NEEDS_A_LOOK, OUTCOME_ORDER, STYLES } from '../outcomes.ts'
import { figure, type Markup, markup } from './client/markup.ts'
import { MARK_WORDS } from './mark-words.ts'
import type { ShownRun } from './sides.ts'
import { warningsOf } from './warnings.ts'

/** The head of the page: for each run its results, its targets and what they lack, and the sources of the expectations. */
export function overview(runs: readonly ShownRun[]): Markup {
  const heads = runs.map((run) => runHead(run, runs.length > 1))
  return markup`<header class="page-head">${heads}</header>
<div class="overview${runs.length > 1 && ' several'}">${runs.map((run) => cards(run, runs.length > 1))}</div>
${warningsOf(runs)}`
}

function runHead({ run, summary }: ShownRun, several: boolean): Markup {
  const verdict = markup`<span class="${verdictClass(summary)}">${verdictWords(summary)}</span>`
  const started = run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')
  const title = several
    ? markup`<h2 class="verdict">${run.id}: ${verdict}</h2>`
    : markup`<h1 class="verdict">${verdict}</h1>`
  return markup`<div class="run-head"><p class="brand">flowbreak <span class="quiet">conformance report</span></p>
${title}
<p class="run">run ${run.id} · <time datetime="${run.startedAt}">${started}</time> · seed ${run.seed} · flowbreak ${run.flowbreak} · node ${run.node}${run.command.length > 0 && markup` · <code>${run.command.join(' ')}</code>`}</p>
${bar(summary)}</div>`
}

function cards({ run, summary }: ShownRun, several: boolean): Markup {
  const { targets, tally, marks } = summary
  const resting = MARKS.filter((mark) => marks[mark] > 0)
  const most = Math.max(1, ...resting.map((mark) => marks[mark]))
  const lacking = targets.flatMap(({ name, lacks }) => lacks.map((lack) => ({ name, ...lack })))
  const suffix = several ? markup` <span class="quiet">${run.id}</span>` : ''
  return markup`<section><h2>Targets${suffix}</h2><table class="plain"><tbody>${targets.map(targetRow)}</tbody></table></section>
<section><h2>Verdicts by level${suffix}</h2><table class="plain"><tbody>${(['core', 'extended', 'provisional'] as const).map((level) => levelRow(level, tally[level]))}</tbody></table></section>
<section><h2>They rest on${suffix}</h2><table class="plain"><tbody>${resting.map((mark) => markup`<tr><th scope="row"><span class="prov">${mark}</span></th><td>${MARK_WORDS[mark]}${meter(marks[mark] / most, 'ink')}</td><td class="figure">${figure(marks[mark])}</td></tr>`)}</tbody></table></section>
<section><h2>What the target lacks${suffix}</h2>${
    lacking.length === 0
      ? markup`<p class="quiet">Nothing that a case needed.</p>`
      : markup`<table class="plain lacks"><tbody>${lacking.map(({ name, capability, cases }) => markup`<tr><th scope="row">${capability}</th>${targets.length > 1 && markup`<td>${name}</td>`}<td class="figure">${figure(cases)} <span class="quiet">skipped</span></td></tr>`)}</tbody></table>`
  }</section>`
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
    bailed: `, bailed out after ${figure(cases)} of ${figure(planned)}`,
    interrupted: `, interrupted after ${figure(cases)} of ${figure(planned)}`,
    unfinished: `, unfinished: ${figure(cases)} of ${figure(planned)}`,
  }[reason]
  const all = cases === totals.skipped ? 'Nothing was played' : allWords(totals, figure)
  return `${look === 0 ? all : `${figure(look)} of ${figure(cases)} cases need a look`}${ended} (exit code ${exitCode})`
}

/** Outcomes in proportion; the buttons below show the same in figures. */
function bar({ totals, cases }: RunSummary): Markup {
  const parts = OUTCOME_ORDER.filter((outcome) => totals[outcome] > 0).map(
    (outcome) =>
      markup`<i class="o-${outcome}" style="flex-grow:${((totals[outcome] / cases) * 100).toFixed(3)}"></i>`,
  )
  return markup`<div class="bar" aria-hidden="true">${parts}</div>`
}

function targetRow({ name, version, totals, problems }: RunSummary['targets'][number]): Markup {
  const outcomes = OUTCOME_ORDER.filter((outcome) => totals[outcome] > 0)
  return markup`<tr><th scope="row">${name} <span class="quiet">${version ?? 'never ready'}</span></th><td>${outcomes.map((outcome) => markup`<span class="count o-${outcome}" title="${STYLES[outcome].word}">${STYLES[outcome].mark} ${figure(totals[outcome])}<span class="hidden"> ${STYLES[outcome].word}</span></span> `)}${problems.map((problem) => markup`<div class="problem">${problem}</div>`)}</td></tr>`
}

function levelRow(
  level: Level,
  { checked, met }: { readonly checked: number; readonly met: number },
): Markup | undefined {
  if (checked === 0) return undefined
  const note = level === 'provisional' ? 'agree; fails nothing' : 'as expected'
  return markup`<tr><th scope="row">${level}</th><td>${figure(met)} <span class="quiet">of ${figure(checked)} ${note}</span>${meter(met / checked, 'good', level === 'provisional' ? 'doubt' : 'bad')}</td></tr>`
}

function meter(share: number, kind: string, rest = ''): Markup {
  return markup`<span class="meter ${rest}" aria-hidden="true"><i class="${kind}" style="width:${(share * 100).toFixed(2)}%"></i></span>`
}
