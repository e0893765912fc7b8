import type { PageIndex } from '../../view.ts'
import { type Address, hashOf } from '../address.ts'
import type { CaseEntry } from '../entries.ts'
import { breakable, figure, type Markup, markup } from '../markup.ts'
import type { OpenedCase } from './opened.ts'

/** Where a case stands among those that the list shows. */
export interface Place {
  readonly previous: CaseEntry | undefined
  readonly next: CaseEntry | undefined
  readonly at: number
  readonly of: number
}

/** The way back to the list and to the neighbours. */
export function caseBar({ sides }: PageIndex, address: Address, { previous, next, at, of }: Place): Markup {
  const link = (entry: CaseEntry | undefined, words: string, sign: string, key: string) => {
    if (entry === undefined) return markup`<span class="step off" aria-hidden="true">${sign}</span>`
    const side = sides.length > 1 ? (sides[entry.side]?.name ?? '') : ''
    return markup`<a class="step" rel="${words}" href="${hashOf({ ...address, name: entry.name, side })}" title="${words} case (${key})" aria-label="${words} case">${sign}</a>`
  }
  const place = at < 0 ? '' : `${figure(at + 1)} of ${figure(of)}`
  return markup`<nav class="case-bar" aria-label="Cases"><a class="back" href="${hashOf({ ...address, name: '', beside: false })}" title="All cases (Esc)">← All cases</a><span class="case-place">${place}</span>${link(previous, 'previous', '‹', 'left arrow')}${link(next, 'next', '›', 'right arrow')}</nav>`
}

/** Name, outcome and requirement; where the case was played on several sides, links to each of them and to all. */
export function caseHead(
  index: PageIndex,
  address: Address,
  { entry, record }: OpenedCase,
  siblings: readonly CaseEntry[],
): Markup {
  return markup`<header class="case-head">
${address.beside && differ(siblings) ? DIFFER : badge(index, entry)}
<h1 id="case-title" tabindex="-1">${breakable(entry.name)}</h1>
<p class="requirement">${record.case.requirement}</p>
${record.detail !== undefined && markup`<p class="why o-${entry.outcome}">${record.detail}</p>`}
${siblings.length > 1 && tabs(index, address, entry, siblings)}
</header>`
}

/** All sides beside each other have no outcome in common. */
const DIFFER = markup`<p class="badge"><span aria-hidden="true">Δ</span> outcomes differ</p>`

function differ(siblings: readonly CaseEntry[]): boolean {
  return siblings.some(({ outcome }) => outcome !== siblings[0]?.outcome)
}

function badge({ outcomes }: PageIndex, { outcome }: CaseEntry): Markup {
  return markup`<p class="badge o-${outcome}"><span aria-hidden="true">${outcomes[outcome].mark}</span> ${outcomes[outcome].word}</p>`
}

function tabs(
  { sides, outcomes }: PageIndex,
  address: Address,
  entry: CaseEntry,
  siblings: readonly CaseEntry[],
): Markup {
  const own = siblings.map((one) => {
    const name = sides[one.side]?.name ?? ''
    const current = !address.beside && one.side === entry.side
    return markup`<a href="${hashOf({ ...address, name: one.name, side: name, beside: false })}"${current && markup` aria-current="page"`}><b class="o-${one.outcome}" aria-hidden="true">${outcomes[one.outcome].mark}</b> ${name} <span class="hidden">${outcomes[one.outcome].word}</span></a>`
  })
  const side = sides[entry.side]?.name ?? ''
  return markup`<nav class="tabs" aria-label="Targets">${own}<a href="${hashOf({ ...address, name: entry.name, side, beside: true })}"${address.beside && markup` aria-current="page"`}>Side by side</a></nav>`
}
