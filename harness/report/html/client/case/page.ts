import type { PageIndex } from '../../view.ts'
import type { Address } from '../address.ts'
import type { CaseEntry } from '../entries.ts'
import { type Markup, markup } from '../markup.ts'
import { configuration } from './configuration.ts'
import { expectations, mismatches } from './expectations.ts'
import { counters, emitted, facts, impactWords } from './facts.ts'
import { glance } from './glance.ts'
import { caseHead } from './head.ts'
import type { OpenedCase } from './opened.ts'
import { evidence, seenBeside } from './seen.ts'

const LEGEND = markup`<p class="legend"><span>● passed a host</span> <span>× dropped</span> <span>⊗ rejected</span> <span>◉ answered in the receiver's place</span> <span>? undecided</span> <span>– not run</span> <span>+ injected</span> <span>✓ met</span> <span>✗ not met</span> <span>≠ not met, provisional</span> <span>room between packets: 8 pixels for each power of ten over 1 ms; over 1 s the scale is broken</span></p>`

/** All of one case; its ladder is drawn into `#ladder`, and its packets as a table into `#packets` when that is opened. */
export function casePage(
  index: PageIndex,
  address: Address,
  opened: OpenedCase,
  siblings: readonly CaseEntry[],
): Markup {
  const impact = opened.record.finished?.impact
  return markup`${caseHead(index, address, opened, siblings)}
${glance(opened)}
${impact !== undefined && markup`<p class="impact"><b>Impact</b> ${impactWords(impact)}</p>`}
${rerun(opened)}
${opened.view === undefined ? leftOut(opened) : ladderSection()}
${evidence(opened)}
${mismatches(opened)}
${expectations(opened)}
${seenBeside(opened)}
<div class="pair">${emitted(opened)}${counters(opened)}</div>
<div class="pair">${configuration(opened)}${facts(opened)}</div>`
}

/** The command that plays just this case again. */
export function rerun({ command }: OpenedCase): Markup {
  return markup`<div class="rerun"><span class="rerun-label" id="rerun-label">Play it again</span><code id="command" aria-labelledby="rerun-label">${command}</code><button type="button" id="copy">Copy</button><span id="copied" role="status"></span></div>`
}

/** Of a case that passed the packets may have been left out of a page. */
function leftOut({ record: { finished }, entry }: OpenedCase): Markup | undefined {
  if (finished === undefined || entry.outcome !== 'pass') return undefined
  return markup`<p class="notice" id="left-out">The packets of cases that passed are not in this page, which would be too large with them: the run log has them, and <code>flowbreak report show RUN --reporter html=FILE</code> draws them from it.</p>`
}

function ladderSection(): Markup {
  return markup`<section aria-labelledby="h-ladder"><h2 id="h-ladder">Ladder</h2><div id="ladder"></div>${LEGEND}<details id="as-table"><summary>The packets as a table</summary><div id="packets" class="scroll" tabindex="0" role="region" aria-label="The packets as a table"></div></details></section>`
}
