import type { Outcome } from '../../../model/run-log.ts'
import type { PageIndex } from '../view.ts'
import { type Address, hashOf } from './address.ts'
import type { CaseEntry } from './entries.ts'
import { figure, type Markup, markup } from './markup.ts'

/** What lists are drawn with. */
export interface Drawn {
  readonly index: PageIndex
  /** Links keep what it says of filters. */
  readonly address: Address
}

/** The mark of one case, a link that opens it. */
export function mark({ index, address }: Drawn, entry: CaseEntry): Markup {
  const side = index.sides.length > 1 ? (index.sides[entry.side]?.name ?? '') : ''
  const href = hashOf({ ...address, name: entry.name, side })
  const axes = Object.entries(entry.axes).map(([axis, value]) => `${axis}:${value}`)
  const title = `${index.outcomes[entry.outcome].word}: ${entry.short}, ${axes.join(' ')}`
  return markup`<a class="mark o-${entry.outcome}" href="${href}" title="${title}" aria-label="${title}">${index.outcomes[entry.outcome].mark}</a>`
}

/** The marks of some cases; of many only the first, and how many more there are. */
export function marks(drawn: Drawn, entries: readonly CaseEntry[], most = 40): Markup {
  const more = entries.length - most
  return markup`<span class="marks">${entries.slice(0, most).map((entry) => mark(drawn, entry))}${more > 0 && markup`<span class="more">+${figure(more)}</span>`}</span>`
}

/** How many of some cases came to what, as a bar and in figures. */
export function tally({ index }: Drawn, entries: readonly CaseEntry[]): Markup {
  const counts = new Map<Outcome, number>()
  for (const { outcome } of entries) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const present = index.order.filter((outcome) => counts.has(outcome))
  const words = present.map((outcome) => `${counts.get(outcome)} ${index.outcomes[outcome].word}`).join(', ')
  const bar = present.map(
    (outcome) => markup`<i class="o-${outcome}" style="flex-grow:${counts.get(outcome)}"></i>`,
  )
  const loud = present
    .filter((outcome) => outcome !== 'pass')
    .map(
      (outcome) =>
        markup`<b class="o-${outcome}">${index.outcomes[outcome].mark}${figure(counts.get(outcome) ?? 0)}</b>`,
    )
  return markup`<span class="tally" title="${words}"><span class="tally-bar" aria-hidden="true">${bar}</span><span class="tally-words"><span aria-hidden="true">${loud}<span class="tally-count">${figure(entries.length)}</span></span><span class="hidden">${words}</span></span></span>`
}
