import type { PageIndex } from '../../view.ts'
import type { Address } from '../address.ts'
import type { CaseEntry } from '../entries.ts'
import { figure, type Markup, markup } from '../markup.ts'
import { impactWords } from './facts.ts'
import { caseHead } from './head.ts'
import type { OpenedCase } from './opened.ts'
import { packetTable } from './packets.ts'

/** One case on all its sides: what each came to, every packet with what became of it on each, and their counters. */
export function besidePage(
  index: PageIndex,
  address: Address,
  cases: readonly OpenedCase[],
  siblings: readonly CaseEntry[],
  all: boolean,
): Markup {
  const [first] = cases
  if (first === undefined) return markup`<p>No target has this case.</p>`
  const played = cases.flatMap(({ view, side }) => (view === undefined ? [] : [{ view, name: side.name }]))
  const table =
    played.length > 0 &&
    packetTable(
      played.map(({ view }) => view),
      played.map(({ name }) => name),
      all,
    )
  return markup`${caseHead(index, address, first, siblings)}
<section aria-labelledby="h-sides"><h2 id="h-sides">What it came to</h2>${verdicts(index, cases)}</section>
${played.length > 1 && markup`<section aria-labelledby="h-packets"><h2 id="h-packets">Every packet <span class="quiet">Δ differs from ${played[0]?.name}</span></h2><div class="scroll" id="beside" tabindex="0" role="region" aria-label="Packets, a column a target">${table}</div></section>`}
${counterTable(cases)}`
}

function verdicts({ outcomes }: PageIndex, cases: readonly OpenedCase[]): Markup {
  const rows = cases.map(({ entry, side, record, view, command }) => {
    const mismatches = record.finished?.mismatches ?? []
    const first = mismatches.find(({ level }) => level !== 'provisional') ?? mismatches[0]
    const impact = record.finished?.impact
    const verdict = view?.trace.verdict ?? ''
    const count = (letter: string) => verdict.split(letter).length - 1
    return markup`<tr><th scope="row">${side.name} <span class="quiet">${side.version}</span></th><td class="o-${entry.outcome} outcome"><b>${outcomes[entry.outcome].mark}</b> ${outcomes[entry.outcome].word}</td>${['f', 'd', 'r', 'a', 'u'].map((letter) => markup`<td class="figure">${count(letter) === 0 ? '–' : count(letter)}</td>`)}<td class="first">${first === undefined ? (record.detail ?? '') : first.message}${impact !== undefined && markup` Impact: ${impactWords(impact)}.`}</td><td><code>${command}</code></td></tr>`
  })
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Outcomes, a row a target"><table class="plain sides"><thead><tr><th scope="col">target</th><th scope="col">outcome</th>${['forward', 'drop', 'reject', 'answered', 'undecided'].map((word) => markup`<th scope="col" class="figure">${word}</th>`)}<th scope="col">first difference</th><th scope="col">play it again</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

/** Counters summed over hosts, side by side. */
function counterTable(cases: readonly OpenedCase[]): Markup | undefined {
  const sums = cases.map(({ record }) => {
    const sum = new Map<string, number>()
    for (const host of record.finished?.counters ?? [])
      for (const [name, value] of Object.entries(host)) sum.set(name, (sum.get(name) ?? 0) + value)
    return sum
  })
  const names = new Set(sums.flatMap((sum) => [...sum.keys()]))
  const rows = [...names].flatMap((name) => {
    const values = sums.map((sum) => sum.get(name) ?? 0)
    if (values.every((value) => value === 0)) return []
    const differs = values.some((value) => value !== values[0])
    return markup`<tr class="${differs && 'other'}"><th scope="row">${name}</th>${values.map((value) => markup`<td class="figure">${figure(value)}</td>`)}</tr>`
  })
  if (rows.length === 0) return undefined
  const heads = cases.map(({ side }) => markup`<th scope="col" class="figure">${side.name}</th>`)
  return markup`<section aria-labelledby="h-sums"><h2 id="h-sums">Counters <span class="quiet">of all hosts and the load balancer</span></h2><div class="scroll"><table class="plain"><thead><tr><th scope="col">counter</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></section>`
}
