import { type Columns, columnHeads, columnsOf } from './columns.ts'
import type { CaseEntry } from './entries.ts'
import { type Drawn, marks, tally } from './marks.ts'
import { breakable, figure, type Markup, markup } from './markup.ts'

/** Cases whose marks are drawn before anybody asks for them. */
const AT_ONCE = 200

/** A suite of the matrix, and whether its cases are shown or only counted. */
export interface MatrixSuite {
  readonly name: string
  readonly entries: readonly CaseEntry[]
  readonly open: boolean
}

/** Suites in their order; those that need a look are open, and all where there are few cases. `toggled`: what a reader chose. */
export function suitesOf(
  entries: readonly CaseEntry[],
  needsALook: (entry: CaseEntry) => boolean,
  toggled: ReadonlyMap<string, boolean>,
): readonly MatrixSuite[] {
  const suites = new Map<string, CaseEntry[]>()
  for (const entry of entries) {
    const own = suites.get(entry.suite)
    if (own === undefined) suites.set(entry.suite, [entry])
    else own.push(entry)
  }
  let room = AT_ONCE
  const sorted = [...suites].sort(([a], [b]) =>
    folderOf(a) < folderOf(b) ? -1 : folderOf(a) > folderOf(b) ? 1 : 0,
  )
  return sorted.map(([name, own]) => {
    const wanted = entries.length <= AT_ONCE || (own.some(needsALook) && own.length <= room)
    if (wanted) room -= own.length
    return { name, entries: own, open: toggled.get(name) ?? wanted }
  })
}

/** The matrix of cases and axes: a body of rows for each suite, a column for each combination of the chosen axes. */
export function matrix(drawn: Drawn, suites: readonly MatrixSuite[], chosen: readonly string[]): Markup {
  const entries = suites.flatMap((suite) => suite.entries)
  const columns = columnsOf(drawn.index, entries, chosen)
  const width = Math.max(1, columns.list.length)
  let folder = ''
  const bodies = suites.map((suite) => {
    const heading = folderOf(suite.name)
    const head = heading !== folder && heading !== suite.name
    folder = heading
    return markup`${head && markup`<tbody class="folder"><tr><th scope="rowgroup" colspan="${width + 1}">${heading}</th></tr></tbody>`}${body(drawn, columns, suite)}`
  })
  const corner =
    columns.axes.length === 0 ? 'suite and case' : `suite and case, by ${columns.axes.join(' and ')}`
  return markup`<table class="matrix"><caption class="hidden">Outcomes of ${figure(entries.length)} cases by suite</caption>${columnHeads(columns, corner)}${bodies}</table>`
}

function body(drawn: Drawn, columns: Columns, { name, entries, open }: MatrixSuite): Markup {
  const short = name.slice(folderOf(name).length).replace(/^\//, '') || name
  const head = markup`<tr class="suite"><th scope="row"><button type="button" class="toggle" data-suite="${name}" aria-expanded="${open}">${short}</button></th>${cells(columns, entries, (own) => tally(drawn, own))}</tr>`
  if (!open) return markup`<tbody>${head}</tbody>`
  const rows = new Map<string, CaseEntry[]>()
  for (const entry of entries) {
    const row = rows.get(entry.short)
    if (row === undefined) rows.set(entry.short, [entry])
    else row.push(entry)
  }
  const cases = [...rows].map(
    ([label, own]) =>
      markup`<tr class="case"><th scope="row"><span class="case-name">${breakable(label)}</span><span class="case-requirement">${own[0]?.requirement}</span></th>${cells(columns, own, (some) => marks(drawn, some, some.length))}</tr>`,
  )
  return markup`<tbody>${head}${cases}</tbody>`
}

function cells(
  { list, keyOf }: Columns,
  entries: readonly CaseEntry[],
  draw: (entries: readonly CaseEntry[]) => Markup,
): readonly Markup[] {
  const own = new Map<string, CaseEntry[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    const cell = own.get(key)
    if (cell === undefined) own.set(key, [entry])
    else cell.push(entry)
  }
  return list.map(({ key }) => {
    const cell = own.get(key)
    return cell === undefined ? markup`<td></td>` : markup`<td>${draw(cell)}</td>`
  })
}

/** `core` of `core/host-swap`. */
function folderOf(suite: string): string {
  const at = suite.lastIndexOf('/')
  return at < 0 ? suite : suite.slice(0, at)
}
