import type { CaseEntry } from './entries.ts'
import { type Drawn, mark, marks } from './marks.ts'
import { breakable, figure, type Markup, markup } from './markup.ts'

/** Rows that are shown before anybody asks for all. */
const FIRST = 8

/**
 * The cases that need a look, a row for those that are the same but for their axes and came to the same: what was expected, what came,
 * and by which document.
 */
export function lookTable(drawn: Drawn, entries: readonly CaseEntry[], all: boolean): Markup {
  const groups = new Map<string, CaseEntry[]>()
  for (const entry of entries) {
    const { expected, observed, source } = entry.glance ?? {}
    const { side, suite, short, outcome } = entry
    const key = [side, suite, short, outcome, expected, observed, source].join('\n')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  const rank = ([entry]: readonly CaseEntry[]) => drawn.index.outcomes[entry?.outcome ?? 'pass'].rank
  const list = [...groups.values()].sort((a, b) => rank(b) - rank(a))
  const shown = all ? list : list.slice(0, FIRST)
  const several = drawn.index.sides.length > 1
  const rows = shown.map((group) => row(drawn, group, several))
  const rest = list.length - shown.length
  return markup`<div class="scroll"><table class="plain look"><thead><tr><th scope="col">cases</th>${several && markup`<th scope="col">target</th>`}<th scope="col">requirement</th><th scope="col">should have</th><th scope="col">came back</th><th scope="col">rests on</th></tr></thead><tbody>${rows}</tbody></table></div>${rest > 0 && markup`<button type="button" id="look-all">Show ${figure(rest)} more</button>`}`
}

function row(drawn: Drawn, group: readonly CaseEntry[], several: boolean): Markup {
  const [first] = group
  const { expected = '', observed = '', source = '' } = first?.glance ?? {}
  const [place = '', ...others] = new Set(group.map(({ glance }) => glance?.where ?? ''))
  const where = others.length === 0 ? place : `${place}, of others elsewhere`
  const target = several && markup`<td>${drawn.index.sides[first?.side ?? 0]?.name}</td>`
  const names = markup`<span class="case-name">${breakable(`${first?.suite}/${first?.short}`)}</span>`
  return markup`<tr><td>${marks(drawn, group, 12)}</td>${target}<th scope="row">${first?.requirement}${names}</th><td class="should">${expected}</td><td class="came o-${first?.outcome}">${observed}${where !== '' && markup`<span class="where">${where}</span>`}</td><td class="source">${source}</td></tr>`
}

/** Cases whose outcomes differ between sides, gathered by how they differ. */
export function differenceTable(
  drawn: Drawn,
  names: ReadonlyMap<string, readonly CaseEntry[]>,
  differ: ReadonlySet<string>,
): Markup {
  const groups = new Map<string, CaseEntry[][]>()
  for (const name of differ) {
    const entries = [...(names.get(name) ?? [])].sort((a, b) => a.side - b.side)
    const key = entries.map(({ side, outcome }) => `${side} ${outcome}`).join('\n')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entries])
    else group.push(entries)
  }
  const { sides, outcomes } = drawn.index
  const list = [...groups.values()].sort((a, b) => b.length - a.length)
  const rows = list.map((group) => {
    const [first = []] = group
    const cells = sides.map((_, side) => {
      const entry = first.find((one) => one.side === side)
      return markup`<td class="o-${entry?.outcome}">${entry === undefined ? '' : markup`<b>${outcomes[entry.outcome].mark}</b> ${outcomes[entry.outcome].word}`}</td>`
    })
    // Marked by the side on which it went worst.
    const worst = (entries: readonly CaseEntry[]) =>
      [...entries].sort((a, b) => outcomes[b.outcome].rank - outcomes[a.outcome].rank)[0]
    const beside = { ...drawn, address: { ...drawn.address, beside: true } }
    const links = group.slice(0, 10).map((entries) => {
      const entry = worst(entries)
      return entry !== undefined && mark(beside, entry)
    })
    return markup`<tr><td class="figure">${figure(group.length)}</td>${cells}<td><span class="marks">${links}${group.length > 10 && markup`<span class="more">+${figure(group.length - 10)}</span>`}</span></td><th scope="row"><span class="case-name">${breakable(first[0]?.name ?? '')}</span>${group.length > 1 && markup`<span class="where">and ${figure(group.length - 1)} more</span>`}</th></tr>`
  })
  const heads = sides.map(({ name }) => markup`<th scope="col">${name}</th>`)
  return markup`<div class="scroll"><table class="plain differences"><thead><tr><th scope="col" class="figure">cases</th>${heads}<th scope="col">side by side</th><th scope="col">case</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
