import type { PageIndex } from '../view.ts'
import type { CaseEntry } from './entries.ts'
import { type Markup, markup } from './markup.ts'

/** A column of the matrix: one value for each of its axes, the empty one for cases that have not the axis. */
export interface Column {
  readonly key: string
  readonly values: readonly string[]
}

export interface Columns {
  readonly axes: readonly string[]
  readonly list: readonly Column[]
  readonly keyOf: (entry: CaseEntry) => string
}

/** The columns that some entries need for some axes, in the order of the axes' values; what has no value stands last. */
export function columnsOf(
  index: PageIndex,
  entries: readonly CaseEntry[],
  chosen: readonly string[],
): Columns {
  const axes = index.axes.filter(({ name }) => chosen.includes(name))
  const names = axes.map(({ name }) => name)
  const valuesOf = (entry: CaseEntry) => names.map((name) => entry.axes[name] ?? '')
  const keyOf = (entry: CaseEntry) => valuesOf(entry).join('\n')
  const found = new Map<string, Column>()
  for (const entry of entries) {
    const key = keyOf(entry)
    if (!found.has(key)) found.set(key, { key, values: valuesOf(entry) })
  }
  const ranks = axes.map(({ values }) => new Map(values.map((value, at) => [value, at])))
  const rank = (value: string, axis: number) => ranks[axis]?.get(value) ?? Number.POSITIVE_INFINITY
  const list = [...found.values()].sort((a, b) => {
    for (let axis = 0; axis < names.length; axis++) {
      const difference = rank(a.values[axis] ?? '', axis) - rank(b.values[axis] ?? '', axis)
      if (difference !== 0 && !Number.isNaN(difference)) return difference
    }
    return 0
  })
  return { axes: names, list, keyOf }
}

/** A row of heads for each axis, the values of the first standing above those of the next. */
export function columnHeads({ axes, list }: Columns, corner: string): Markup {
  if (axes.length === 0)
    return markup`<thead><tr><th scope="col" class="corner">${corner}</th><th scope="col" class="value">cases</th></tr></thead>`
  const rows = axes.map((axis, level) => {
    const last = level === axes.length - 1
    const heads = groupsAt(list, level).map(
      ({ value, span }) =>
        markup`<th scope="${last ? 'col' : 'colgroup'}"${span > 1 && markup` colspan="${span}"`} class="value">${value === '' ? markup`<span class="none">no ${axis}</span>` : value}</th>`,
    )
    const head = level === 0 && markup`<th scope="col" class="corner" rowspan="${axes.length}">${corner}</th>`
    return markup`<tr>${head}${heads}</tr>`
  })
  return markup`<thead>${rows}</thead>`
}

/** Neighbouring columns that agree in all axes down to a level. */
function groupsAt(list: readonly Column[], level: number) {
  const groups: { value: string; path: string; span: number }[] = []
  for (const { values } of list) {
    const path = values.slice(0, level + 1).join('\n')
    const last = groups.at(-1)
    if (last !== undefined && last.path === path) last.span++
    else groups.push({ value: values[level] ?? '', path, span: 1 })
  }
  return groups
}
