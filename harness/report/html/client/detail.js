/** @import { CaseView, View } from '../view.ts' */
import { breakable, markup } from './markup.js'

const LEGEND = markup`<p class="legend"><span>● passed a host</span> <span>× dropped</span> <span>⊗ rejected</span> <span>◉ answered in the receiver's place</span> <span>? undecided</span> <span>– not run</span> <span>+ injected, not recorded</span></p>`

/**
 * All that is known of one case, but for its ladder, which is drawn into `#ladder` where there is a trace.
 * @param {View} view
 * @param {CaseView} test
 */
export function detail(view, test) {
  const { mark } = view.outcomes[test.outcome]
  return markup`<header class="case-head">
<p class="badge o-${test.outcome}"><span aria-hidden="true">${mark}</span> ${test.outcome}</p>
<nav><button type="button" id="previous" title="Previous case (left arrow)" aria-label="Previous case">‹</button><button type="button" id="next" title="Next case (right arrow)" aria-label="Next case">›</button><button type="button" id="close" title="Close (Esc)" aria-label="Close">×</button></nav>
</header>
<h2 id="case-title" tabindex="-1">${breakable(test.name)}</h2>
<p class="requirement">${test.requirement}</p>
${test.detail !== '' && markup`<p class="why o-${test.outcome}">${test.detail}</p>`}
${test.mismatches.length > 0 && mismatches(test)}
${test.trace !== undefined && markup`<section><h3>Ladder <small>${test.trace.note}</small></h3><div id="ladder"></div>${LEGEND}</section>`}
${test.expectations.length > 0 && expectations(test)}
${test.counters.length > 0 && counters(test)}
<section><h3>Case</h3><dl class="facts">${test.facts.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>`
}

/** @param {CaseView} test */
function mismatches({ mismatches: list }) {
  const rows = list.map(
    ({ level, source, where, expected, observed, index, more }) =>
      markup`<tr class="l-${level}"><th scope="row">${index < 0 ? where : markup`<a href="#packet-${index}" data-packet="${index}">${where}</a>`}${more > 0 && markup` <small>and ${more} more alike</small>`}</th><td>${expected}</td><td class="observed">${observed}</td><td>${level}<br><small>${source}</small></td></tr>`,
  )
  return markup`<section><h3>Not as expected</h3><div class="scroll"><table class="plain mismatches"><thead><tr><th scope="col">where</th><th scope="col">expected</th><th scope="col">observed</th><th scope="col">level</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

/** @param {CaseView} test */
function expectations({ expectations: list }) {
  const rows = list.map(
    ({ of, expected, tolerated, level, source }) =>
      markup`<tr><th scope="row">${of}</th><td>${expected}${tolerated !== '' && markup` <small>(tolerated: ${tolerated})</small>`}</td><td>${level}</td><td><small>${source}</small></td></tr>`,
  )
  return markup`<section><h3>Expectations</h3><div class="scroll"><table class="plain"><thead><tr><th scope="col">of</th><th scope="col">expected</th><th scope="col">level</th><th scope="col">rests on</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

/** @param {CaseView} test */
function counters({ counters: list, hosts }) {
  const heads = hosts.map((host) => markup`<th scope="col" class="figure">${host}</th>`)
  const rows = list.map(
    ([name, values]) =>
      markup`<tr><th scope="row">${name}</th>${values.map((value) => markup`<td class="figure">${value}</td>`)}</tr>`,
  )
  return markup`<section><h3>Counters</h3><div class="scroll"><table class="plain"><thead><tr><th scope="col">counter</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></section>`
}
