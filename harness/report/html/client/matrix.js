/** @import { CaseView, View } from '../view.ts' */
import { breakable, markup } from './markup.js'

/**
 * What is shown of the cases.
 * @typedef {object} Choice
 * @property {string} text every word of it must occur
 * @property {ReadonlySet<string>} outcomes none: all
 * @property {string} suite empty: all
 * @property {ReadonlySet<string>} columns axes whose values make the columns
 */

/**
 * Indices of the cases that a choice leaves.
 * @param {View} view
 * @param {Choice} choice
 * @returns {number[]}
 */
export function select(view, { text, outcomes, suite }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return view.cases.flatMap((test, index) => {
    if (suite !== '' && test.suite !== suite) return []
    if (outcomes.size > 0 && !outcomes.has(test.outcome)) return []
    if (words.length === 0) return [index]
    const { name, target, requirement, tags, rows, outcome } = test
    const hay = [name, target, requirement, ...tags, ...rows, outcome].join('\n').toLowerCase()
    return words.every((word) => hay.includes(word)) ? [index] : []
  })
}

/**
 * The matrix of the selected cases: a row for all cases of one name, a column for each combination of the chosen axes.
 * @param {View} view
 * @param {readonly number[]} indices
 * @param {ReadonlySet<string>} chosen names of axes
 */
export function matrix(view, indices, chosen) {
  const axes = view.axes.filter(({ name }) => chosen.has(name))
  /** @type {Map<string, { suite: string, short: string, cells: Map<string, number[]> }>} */
  const rows = new Map()
  /** @type {Map<string, readonly string[]>} */
  const columns = new Map()
  for (const index of indices) {
    const test = view.cases[index]
    if (test === undefined) continue
    const values = axes.map(({ name }) => test.axes[name] ?? '')
    const column = values.join('\n')
    columns.set(column, values)
    const row = rows.get(`${test.suite}\n${test.short}`) ?? {
      suite: test.suite,
      short: test.short,
      cells: new Map(),
    }
    rows.set(`${test.suite}\n${test.short}`, row)
    row.cells.set(column, [...(row.cells.get(column) ?? []), index])
  }
  // A case without the axis has no value there: it stands last.
  const place = (/** @type {readonly string[]} */ values) =>
    values.reduce((sum, value, i) => {
      const all = axes[i]?.values ?? []
      return sum * (all.length + 1) + (value === '' ? all.length : all.indexOf(value))
    }, 0)
  const ordered = [...columns].sort(([, a], [, b]) => place(a) - place(b))
  const suites = new Set([...rows.values()].map(({ suite }) => suite))
  const bodies = [...suites].map((suite) => {
    const own = [...rows.values()].filter((row) => row.suite === suite)
    return markup`<tbody><tr class="suite"><th scope="rowgroup" colspan="${ordered.length + 1}">${breakable(suite)}</th></tr>${own.map(
      ({ short, cells }) =>
        markup`<tr><th scope="row">${breakable(short)}</th>${ordered.map(
          ([column]) => markup`<td>${(cells.get(column) ?? []).map((index) => cell(view, index))}</td>`,
        )}</tr>`,
    )}</tbody>`
  })
  const heads = ordered.map(
    ([, values]) =>
      markup`<th scope="col">${values.length === 0 ? 'outcome' : values.map((value, i) => markup`<span>${value === '' ? `no ${axes[i]?.name}` : value}</span>`)}</th>`,
  )
  return markup`<table class="matrix"><thead><tr><th scope="col" class="corner">${axes.map(({ name }) => name).join(' × ')}</th>${heads}</tr></thead>${bodies}</table>`
}

/**
 * The mark of one case, a link that opens it.
 * @param {View} view
 * @param {number} index
 */
function cell(view, index) {
  const test = view.cases[index]
  if (test === undefined) return undefined
  const { mark } = view.outcomes[test.outcome]
  const values = Object.entries(test.axes).map(([axis, value]) => `${axis}:${value}`)
  const title = `${test.outcome}: ${test.short} ${values.join(' ')}`
  return markup`<a class="cell o-${test.outcome}" href="${hashOf(test)}" data-index="${index}" title="${title}" aria-label="${title}">${mark}</a>`
}

/**
 * The link that opens a case.
 * @param {Pick<CaseView, 'name' | 'target'>} test
 */
export function hashOf({ name, target }) {
  return `#${new URLSearchParams({ case: name, target })}`
}

/**
 * The case that a link opens: the first of its name where the link names no target; -1: none.
 * @param {View} view
 * @param {string} hash
 */
export function caseOfHash(view, hash) {
  const wanted = new URLSearchParams(hash.replace(/^#/, ''))
  const target = wanted.get('target')
  return view.cases.findIndex(
    (test) => test.name === wanted.get('case') && (target === null || test.target === target),
  )
}
